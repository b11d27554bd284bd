using System.Text;

namespace Errand.Commands;

/// <summary>One run of an agent's CLI: hears what it says, and does what that asks for.</summary>
internal sealed class AgentRun : ICommandListener, IDisposable
{
    // For a CLI that has given its last word and does not end.
    private static readonly TimeSpan EndsWithin = TimeSpan.FromSeconds(30);
    // After which a CLI that outlived its server, and has said nothing, is taken for one that was never told what to do.
    private static readonly TimeSpan SpeaksWithin = TimeSpan.FromSeconds(10);
    // More than a CLI asks at once.
    private const int MaxAnswered = 50;
    private readonly Lock _lock = new();
    private readonly AgentProfile _profile;
    private readonly JobContext _job;
    private readonly AgentBudgetGuard _guard;
    private readonly AgentPermissions _permissions;
    private readonly AgentStreamParser _parser;
    private readonly AgentLineReader _reader;
    private readonly AgentTally _tally = new();
    private readonly List<AgentEvent> _events = [];
    private AgentState _state;
    private Task _saved = Task.CompletedTask;
    private CommandRun? _run;
    private AgentInputLine? _input;
    private ITimer? _lastWord;
    private JobError? _breach;
    private bool _heard;
    private bool _stoppedAfterAnswer;

    public AgentRun(AgentProfile profile, AgentState state, AgentBudgetGuard guard, JobContext job)
    {
        (_profile, _state, _guard, _job) = (profile, state, guard, job);
        _permissions = new(job, profile.Name);
        _parser = profile.Parser();
        _reader = new(_parser);
    }

    /// <summary>What the CLI is told over its open input.</summary>
    public string? Prompt { get; init; }

    /// <summary>Whether the CLI was started by another process, which is gone.</summary>
    public bool IsTakenUp { get; init; }

    // The session and what was used are told once, and what is left out would not be JSON.
    public bool NeedsEverything => true;

    public void OnStarted(CommandRun run)
    {
        lock (_lock)
        {
            _run = run;
            if (_profile.Prompt == AgentPrompt.StreamJson) _input = new(run, _job);
        }
        if (_input is not null && _state.Told != _job.Attempt) _ = TellAsync(_input);
    }

    public void OnOutput(OutputStream stream, ReadOnlySpan<byte> bytes)
    {
        lock (_lock)
        {
            _heard = true;
            _lastWord?.Change(EndsWithin, Timeout.InfiniteTimeSpan);
            if (stream == OutputStream.Err) return;
            _reader.Take(bytes, _events);
            TakeEvents_NeedsLock();
        }
    }

    /// <summary>The CLI has ended: what the job came to.</summary>
    public async ValueTask<JobOutcome> EndAsync(CommandEnd command)
    {
        AgentEnd end;
        lock (_lock)
        {
            (_run, _input) = (null, null);
            _reader.Complete(_events);
            TakeEvents_NeedsLock();
            end = new()
            {
                Profile = _profile, MustAnswer = _parser.MustAnswer, Tally = _tally, Before = _state, Command = command, Breach = _breach,
                Attempt = _job.Attempt, Stop = _job.StopReason, StoppedAfterAnswer = _stoppedAfterAnswer,
            };
        }
        await _saved;
        var (outcome, next) = end.ToOutcome(_guard, _job.Time);
        if (next is not null) await SaveAsync(next);
        return outcome;
    }

    public void Dispose() => _lastWord?.Dispose();

    private async Task TellAsync(AgentInputLine input)
    {
        if (IsTakenUp)
        {
            await Task.Delay(SpeaksWithin, _job.Time);
            lock (_lock)
                if (_heard || _input is null) return;
        }
        await input.WriteAsync(Encoding.UTF8.GetBytes(ClaudeMessages.Prompt(Prompt!)));
        lock (_lock) SaveNext_NeedsLock(_state with { Told = _job.Attempt });
    }

    private void TakeEvents_NeedsLock()
    {
        if (_events.Count == 0) return;
        foreach (var happened in _events)
        {
            _tally.Take(happened);
            if (happened is AgentPermissionRequest request && !_state.Answered.Contains(request.Id)) _ = AnswerAsync(request);
            if (happened is AgentAnswer) EndInput_NeedsLock();
        }
        _events.Clear();
        if (_tally.Session is { } session && session != _state.Session) SaveNext_NeedsLock(_state with { Session = session });
        if (_tally.HasWorked) _job.Report(_state.Spent.Turns + _tally.Used.Turns, null, _tally.Doing);
        if (_breach is null && (_breach = _guard.BreachOf(_tally.Spent)) is not null) _run?.Stop();
    }

    // It reads on for more to do until its input ends.
    private void EndInput_NeedsLock()
    {
        if (_input is null) return;
        _input.Close();
        _lastWord ??= _job.Time.CreateTimer(static run => ((AgentRun)run!).StopAfterAnswer(), this, EndsWithin, Timeout.InfiniteTimeSpan);
    }

    private void StopAfterAnswer()
    {
        lock (_lock)
        {
            _stoppedAfterAnswer = _run is not null;
            _run?.Stop();
        }
    }

    private async Task AnswerAsync(AgentPermissionRequest request)
    {
        bool allow = false;
        string? message = null;
        try { (allow, message) = await _permissions.AskAsync(request); }
        catch (OperationCanceledException)
        {
            return;
        }
        catch (Exception e)
        {
            // Nobody could be asked; the agent hears that instead of waiting for ever.
            message = $"Nobody could be asked: {e.Message}";
        }
        Task? written;
        lock (_lock) written = _input?.WriteAsync(_parser.AnswerTo(request, allow, message));
        if (written is null) return;
        await written;
        lock (_lock) SaveNext_NeedsLock(_state with { Answered = [.. _state.Answered.TakeLast(MaxAnswered - 1), request.Id] });
    }

    private void SaveNext_NeedsLock(AgentState state)
    {
        _state = state;
        _saved = SaveAfterAsync(_saved, state);
    }

    private async Task SaveAfterAsync(Task before, AgentState state)
    {
        await before;
        await SaveAsync(state);
    }

    private async Task SaveAsync(AgentState state)
    {
        try { await _job.SaveCheckpointAsync(state.ToData()); }
        catch (Exception)
        {
            // The job is being stopped, or the store is away: the session can then be found in the stream only.
        }
    }
}
