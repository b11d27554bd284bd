namespace Errand.Chaos.Tests.Storm;

/// <summary>What the store's clients were told, which is what they may rely on.</summary>
internal sealed class Ledger(IJobClient client, CancellationToken cancellation)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<int, JobId> _kept = [];
    private readonly Dictionary<JobId, List<StopAnswer>> _answers = [];
    private readonly Dictionary<JobId, Job> _ends = [];
    private readonly List<Task> _waits = [];
    private readonly List<string> _problems = [];

    /// <summary>How many jobs were seen to end.</summary>
    public Tally Ends { get; } = new();

    /// <summary>How many different jobs were acknowledged.</summary>
    public Tally Kept { get; } = new();

    public IReadOnlyDictionary<int, JobId> Jobs => _kept;

    public IReadOnlyDictionary<JobId, List<StopAnswer>> Answers => _answers;

    public IReadOnlyCollection<Job> SeenEnds => _ends.Values;

    public IReadOnlyList<string> Problems => _problems;

    /// <summary>A submit was acknowledged.</summary>
    /// <returns>Whether this job was not acknowledged before.</returns>
    public bool Keep(int ordinal, JobId id)
    {
        lock (_lock)
        {
            if (_kept.TryGetValue(ordinal, out var known))
            {
                if (known != id) _problems.Add($"piece {ordinal} was acknowledged as {known} and as {id}");
                return false;
            }
            _kept.Add(ordinal, id);
            _waits.Add(WaitAsync(id));
        }
        Kept.Add();
        return true;
    }

    /// <summary>A cancel was answered.</summary>
    public void Answer(JobId id, StopAnswer answer)
    {
        lock (_lock)
        {
            if (!_answers.TryGetValue(id, out var answers)) _answers[id] = answers = [];
            answers.Add(answer);
        }
    }

    public void Problem(string problem)
    {
        lock (_lock) _problems.Add(problem);
    }

    /// <summary>Ends when all that was acknowledged has ended.</summary>
    public Task AllEndedAsync()
    {
        lock (_lock) return Task.WhenAll(_waits);
    }

    public IReadOnlyList<JobId> Live()
    {
        lock (_lock) return [.. _kept.Values.Where(id => !_ends.ContainsKey(id))];
    }

    private async Task WaitAsync(JobId id)
    {
        await Task.Yield();
        var news = await client.WaitAsync(id, null, cancellation);
        lock (_lock) _ends.Add(id, news.Job);
        Ends.Add();
    }
}
