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
        if (job.Spec.Fingerprint is not { } fingerprint || job.Owner == Caller.Anonymous) return;
        if (_calls.Count >= Most) _calls.Clear();
        _calls[(job.Owner, fingerprint)] = job.Id;
    }

    /// <summary>The job of the same call, which its caller now hears of.</summary>
    public JobId? Take(DeferrableTool tool, Caller caller, CallParameters said)
    {
        if (_calls.IsEmpty || !caller.IsKnown) return null;
        var call = (caller.Owner, tool.FingerprintOf(ToolResults.ToJson(said.Arguments)));
        return _calls.TryRemove(call, out var id) ? id : null;
    }
}
