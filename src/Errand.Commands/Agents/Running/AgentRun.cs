namespace Errand.Commands;

/// <summary>One run of an agent's CLI: hears what it says, and does what that asks for.</summary>
internal sealed class AgentRun : IAgentListener
{
    private readonly Lock _lock = new();
    private readonly AgentProfile _profile;
    private readonly JobContext _job;
    private readonly AgentState _before;
    private readonly AgentBudgetGuard _guard;
    private readonly AgentPermissions _permissions;
    private readonly AgentStreamParser _parser;
    private readonly AgentLineReader _reader;
    private readonly CapturedText _stderr = new();
    private readonly List<AgentEvent> _events = [];
    private Task _saved = Task.CompletedTask;
    private IAgentProcess? _process;
    private JobError? _breach;

    public AgentRun(AgentProfile profile, AgentState before, AgentBudgetGuard guard, JobContext job)
    {
        (_profile, _before, _guard, _job) = (profile, before, guard, job);
        _permissions = new(job, profile.Name);
        _parser = profile.Parser();
        _reader = new(_parser);
    }

    public bool KeepsInputOpen => _profile.Prompt == AgentPrompt.StreamJson;

    private AgentTally Tally { get; } = new();

    public void Started(IAgentProcess process)
    {
        lock (_lock) _process = process;
    }

    public void Wrote(OutputStream stream, ReadOnlySpan<byte> bytes)
    {
        lock (_lock)
        {
            if (stream == OutputStream.Err) _stderr.Append(bytes);
            else
            {
                _reader.Take(bytes, _events);
                TakeEvents_NeedsLock();
            }
        }
    }

    /// <summary>The CLI has ended: what the job came to.</summary>
    public async ValueTask<JobOutcome> EndAsync(AgentExit exit)
    {
        AgentEnd end;
        lock (_lock)
        {
            _reader.Complete(_events);
            TakeEvents_NeedsLock();
            _process = null;
            end = new()
            {
                Profile = _profile, MustAnswer = _parser.MustAnswer, Tally = Tally, Before = _before, Exit = exit, Breach = _breach,
                Stderr = _stderr, Attempt = _job.Attempt, Stop = _job.StopReason,
            };
        }
        await _saved;
        var (outcome, goesOn) = end.ToOutcome(_guard, _job.Time);
        if (goesOn is not null) await SaveAsync(goesOn);
        return outcome;
    }

    private void TakeEvents_NeedsLock()
    {
        foreach (var happened in _events)
        {
            string? known = Tally.Session;
            Tally.Take(happened);
            if (Tally.Session != known) _saved = SaveNextAsync(_saved, _before with { Session = Tally.Session });
            if (happened is AgentPermissionRequest request) _ = AnswerAsync(request);
            // It reads on for more to do until its input ends.
            if (happened is AgentAnswer && KeepsInputOpen) _process?.CloseInput();
        }
        if (_events.Count == 0) return;
        _events.Clear();
        if (Tally.HasWorked) _job.Report(_before.Spent.Turns + Tally.Used.Turns, null, Tally.Doing);
        if (_breach is not null || (_breach = _guard.BreachOf(Tally.Spent)) is null) return;
        _process?.Stop();
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
        var answer = _parser.AnswerTo(request, allow, message);
        lock (_lock)
            if (!answer.IsEmpty) _process?.Write(answer);
    }

    private async Task SaveNextAsync(Task before, AgentState state)
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
