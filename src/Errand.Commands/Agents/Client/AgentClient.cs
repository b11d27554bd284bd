using System.Runtime.CompilerServices;

namespace Errand.Commands;

/// <summary>Tasks of agents, by the same door as everything.</summary>
/// <param name="jobs">The door.</param>
/// <param name="agents">The profiles.</param>
internal sealed class AgentClient(IJobClient jobs, AgentOptions agents) : IAgentClient
{
    private const int RemovedAtOnce = 200;

    public IReadOnlyCollection<string> Profiles => [.. agents.Profiles.Keys.Order(StringComparer.Ordinal)];

    public ValueTask<Job> StartAsync(
        string profile, string prompt, AgentStartOptions? options = null, CancellationToken cancellationToken = default) =>
        jobs.SubmitAsync(
            AgentSpecs.Of(agents.Find(profile), new() { Profile = profile, Prompt = prompt, Cwd = options?.Cwd }, options ?? new()),
            cancellationToken);

    public async ValueTask<StartReply> StartAsync(JobId id, string by, CancellationToken cancellationToken = default)
    {
        await RefuseOthersAsync(id, cancellationToken);
        var reply = await jobs.StartAsync(id, by, cancellationToken);
        if (reply is not { Answer: StartAnswer.AlreadyFinished, Job.State: JobState.Failed or JobState.Cancelled }) return reply;
        var again = await jobs.RetryAsync(id, cancellationToken);
        return new(again.Id, StartAnswer.Started, again);
    }

    public async ValueTask<IReadOnlyList<Job>> ListRunningAsync(
        string? profile = null, string? owner = null, CancellationToken cancellationToken = default)
    {
        var query = Of(profile, owner) with { States = [JobState.Running, JobState.Waiting], OldestFirst = true };
        List<Job> running = [];
        await foreach (var job in AllAsync(query, cancellationToken)) running.Add(job);
        return running;
    }

    public async ValueTask<StopReply> CancelAsync(JobId id, string by, CancellationToken cancellationToken = default)
    {
        await RefuseOthersAsync(id, cancellationToken);
        return await jobs.CancelAsync(id, by, cancellationToken);
    }

    public async ValueTask<StopReply> KillAsync(JobId id, string by, CancellationToken cancellationToken = default)
    {
        await RefuseOthersAsync(id, cancellationToken);
        return await jobs.KillAsync(id, by, cancellationToken);
    }

    public async ValueTask<IReadOnlyList<StopReply>> StopAllAsync(
        string profile, string by, bool force = false, string? owner = null, CancellationToken cancellationToken = default)
    {
        // What waits first, or each that ends would let one of them start.
        var queued = Of(profile, owner) with { States = [JobState.Queued] };
        var held = Of(profile, owner) with { States = [JobState.Queued, JobState.Running, JobState.Waiting] };
        List<StopReply> replies = [.. await jobs.CancelAllAsync(queued, by, cancellationToken)];
        await foreach (var job in AllAsync(held, cancellationToken))
            replies.Add(force ? await jobs.KillAsync(job.Id, by, cancellationToken) : await jobs.CancelAsync(job.Id, by, cancellationToken));
        return replies;
    }

    public async ValueTask<Job> ContinueAsync(
        JobId id, string prompt, AgentStartOptions? options = null, CancellationToken cancellationToken = default)
    {
        var old = await GetAsync(id, cancellationToken);
        if (!old.IsTerminal)
            throw new InvalidJobException("id", $"Job {id} is {old.State.ToWord()}; wait for its end, or cancel it, before you continue it.");
        var input = AgentInput.Read(old.Spec.Input);
        var profile = agents.Find(input.Profile);
        if (profile.ResumeCommand is null)
            throw new InvalidJobException(
                "id", $"'{profile.Name}' cannot continue a session: its profile has no ResumeCommand. Start a new task instead.");
        string session = await SessionOfAsync(old, cancellationToken) ?? throw new InvalidJobException(
            "id", $"Job {id} cannot be continued: its CLI never told of a session. Start a new task instead.");
        var start = options ?? new() { Owner = old.Owner, Tags = old.Spec.Tags };
        var next = input with { Prompt = prompt, Session = session, Cwd = start.Cwd ?? input.Cwd };
        return await jobs.SubmitAsync(AgentSpecs.Of(profile, next, start) with { RetryOf = id }, cancellationToken);
    }

    public ValueTask<int> CleanupAsync(string? profile = null, string? owner = null, CancellationToken cancellationToken = default) =>
        jobs.PurgeAsync(Of(profile, owner), cancellationToken);

    public async ValueTask<int> RemoveAllAsync(
        string profile, string by, string? owner = null, CancellationToken cancellationToken = default)
    {
        // Somebody may start one while these end; it goes, too.
        while (true)
        {
            var stopped = await StopAllAsync(profile, by, force: true, owner, cancellationToken);
            foreach (var reply in stopped)
                if (reply.Answer != StopAnswer.NotFound) await jobs.WaitAsync(reply.Id, null, cancellationToken);
            if (stopped.Count == 0) return await jobs.PurgeAsync(Of(profile, owner), cancellationToken);
        }
    }

    public async IAsyncEnumerable<AgentMessage> TranscriptAsync(
        JobId id, bool follow = false, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var job = await GetAsync(id, cancellationToken);
        var profile = agents.Find(AgentInput.Read(job.Spec.Input).Profile);
        var slices = follow ? jobs.FollowOutputAsync(id, cancellationToken: cancellationToken) : ReadAsync(id, cancellationToken);
        int attempt = 0;
        AgentTranscript? transcript = null;
        await foreach (var slice in slices)
        {
            if (transcript is null || slice.Attempt != attempt)
            {
                foreach (var message in transcript?.Complete() ?? []) yield return message;
                (transcript, attempt) = (new(profile.Parser()), slice.Attempt);
            }
            foreach (var message in transcript.Take(slice)) yield return message;
        }
        foreach (var message in transcript?.Complete() ?? []) yield return message;
    }

    private async IAsyncEnumerable<OutputSlice> ReadAsync(JobId id, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var range = new OutputRange();
        long? end = null;
        do
        {
            var slice = await jobs.ReadOutputAsync(id, range, cancellationToken);
            if (slice.Attempt == 0) yield break;
            end ??= slice.End;
            range = range with { Attempt = slice.Attempt, Offset = slice.NextOffset };
            yield return slice;
        }
        while (range.Offset < end);
    }

    private async ValueTask<string?> SessionOfAsync(Job job, CancellationToken cancellationToken)
    {
        if (AgentState.Of(job.Checkpoint).Session is { } kept) return kept;
        var outcome = await jobs.GetOutcomeAsync(job, cancellationToken);
        return outcome.Result.IsNone ? null : outcome.Result.As(AgentJson.Default.AgentResult)?.SessionId;
    }

    private async ValueTask<Job> GetAsync(JobId id, CancellationToken cancellationToken)
    {
        var job = await jobs.GetAsync(id, cancellationToken);
        return job.Kind == AgentKind.Name
            ? job
            : throw new InvalidJobException("id", $"Job {id} is of the kind '{job.Kind}' and not a task of an agent.");
    }

    private async ValueTask RefuseOthersAsync(JobId id, CancellationToken cancellationToken)
    {
        if (await jobs.FindAsync(id, cancellationToken) is not null) await GetAsync(id, cancellationToken);
    }

    private async IAsyncEnumerable<Job> AllAsync(JobQuery query, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        query = query with { Limit = RemovedAtOnce };
        for (JobPage page; ; query = query with { After = page.Next })
        {
            page = await jobs.ListAsync(query, cancellationToken);
            foreach (var job in page.Items) yield return job;
            if (page.Next is null) yield break;
        }
    }

    private static JobQuery Of(string? profile, string? owner) => new() { Kind = AgentKind.Name, Agent = profile, Owner = owner };
}
