using System.Collections.Frozen;

namespace Errand;

/// <summary>The kinds that this process can run.</summary>
internal sealed class JobKinds
{
    private readonly FrozenDictionary<string, JobKind> _kinds;

    public JobKinds(IEnumerable<JobKind> kinds)
    {
        var byName = new Dictionary<string, JobKind>(StringComparer.Ordinal);
        foreach (var kind in kinds)
        {
            if (kind.Limits is { } limits) JobSpecRules.Check(limits);
            JobSpecRules.Check(kind.Retry);
            if (kind.Cap is { } cap && CapOptions.ProblemOf(cap) is { } problem)
                throw new InvalidJobException("cap", $"The cap of the kind '{kind.Name}': {problem}");
            if (kind.AsyncTimeout is { } patience && patience < TimeSpan.Zero && patience != Timeout.InfiniteTimeSpan)
                throw new InvalidJobException("asyncTimeout", $"The kind '{kind.Name}' has an asyncTimeout of {patience}; it must not be negative.");
            if (!byName.TryAdd(kind.Name, kind)) throw new InvalidJobException("kind", $"The kind '{kind.Name}' is registered twice.");
        }
        _kinds = byName.ToFrozenDictionary(StringComparer.Ordinal);
    }

    public IReadOnlyCollection<string> Names => _kinds.Keys;

    public JobKind? Find(string name) => _kinds.GetValueOrDefault(name);
}
