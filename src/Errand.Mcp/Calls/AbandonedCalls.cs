using System.Collections.Concurrent;

namespace Errand.Mcp;

/// <summary>
/// Calls that were handed over when their clients had gone, so that nobody was given their ids. Whoever makes the same call again is the first
/// to hear of them.
/// </summary>
internal sealed class AbandonedCalls
{
    private const int Most = 10_000;
    private readonly ConcurrentDictionary<(string Owner, string Fingerprint), JobId> _calls = new();

    /// <summary>How many there are.</summary>
    public int Count => _calls.Count;

    /// <summary>Nobody heard of this job.</summary>
    public void Add(Job job)
    {
        if (job.Spec.Fingerprint is { } fingerprint && job.Owner != Caller.Anonymous) Add((job.Owner, fingerprint), job.Id);
    }

    /// <summary>The job of the same call, which its caller now hears of.</summary>
    public JobId? Take(DeferrableTool tool, Caller caller, CallParameters said)
    {
        if (_calls.IsEmpty || !caller.IsKnown) return null;
        return _calls.TryRemove(KeyOf(tool, caller, said), out var id) ? id : null;
    }

    /// <summary>The caller who was to hear of a job has gone, too.</summary>
    public void PutBack(DeferrableTool tool, Caller caller, CallParameters said, JobId id) => Add(KeyOf(tool, caller, said), id);

    private static (string, string) KeyOf(DeferrableTool tool, Caller caller, CallParameters said) =>
        (caller.Owner, tool.FingerprintOf(ToolResults.ToJson(said.Arguments)));

    private void Add((string Owner, string Fingerprint) call, JobId id)
    {
        if (_calls.Count >= Most) _calls.Clear();
        _calls[call] = id;
    }
}
