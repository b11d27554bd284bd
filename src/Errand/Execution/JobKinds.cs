using System.Collections.Concurrent;
using System.Collections.Frozen;

namespace Errand;

/// <summary>The kinds that this process can run.</summary>
internal sealed class JobKinds
{
    private readonly FrozenDictionary<string, JobKind> _kinds;
    private readonly IReadOnlyList<IJobKindSource> _sources;
    private readonly ConcurrentDictionary<string, JobKind> _found = new(StringComparer.Ordinal);
    private IReadOnlyCollection<string> _names;
    private (IReadOnlyCollection<string> Of, IReadOnlyCollection<string> Names)? _outsideSlots;

    public JobKinds(IEnumerable<JobKind> kinds, IEnumerable<IJobKindSource>? sources = null)
    {
        var byName = new Dictionary<string, JobKind>(StringComparer.Ordinal);
        foreach (var kind in kinds)
        {
            Check(kind);
            if (!byName.TryAdd(kind.Name, kind)) throw new InvalidJobException("kind", $"The kind '{kind.Name}' is registered twice.");
        }
        _kinds = byName.ToFrozenDictionary(StringComparer.Ordinal);
        _sources = [.. sources ?? []];
        _names = _kinds.Keys;
    }

    public IReadOnlyCollection<string> Names
    {
        get
        {
            int count = _kinds.Count;
            foreach (var source in _sources) count += source.Names.Count;
            var names = Volatile.Read(ref _names);
            if (names.Count == count) return names;
            names = [.. _kinds.Keys, .. _sources.SelectMany(source => source.Names)];
            Volatile.Write(ref _names, names);
            return names;
        }
    }

    /// <summary>The names of those whose jobs take no slot.</summary>
    public IReadOnlyCollection<string> OutsideSlots
    {
        get
        {
            var names = Names;
            if (_outsideSlots is { } known && known.Of == names) return known.Names;
            string[] outside = [.. names.Where(name => Find(name) is { OutsideSlots: true })];
            _outsideSlots = (names, outside);
            return outside;
        }
    }

    public JobKind? Find(string name)
    {
        if (_kinds.TryGetValue(name, out var kind) || _sources.Count == 0 || _found.TryGetValue(name, out kind)) return kind;
        foreach (var source in _sources)
        {
            if (source.Find(name) is not { } found) continue;
            Check(found);
            return _found.GetOrAdd(name, found);
        }
        return null;
    }

    private static void Check(JobKind kind)
    {
        if (kind.Limits is { } limits) JobSpecRules.Check(limits);
        JobSpecRules.Check(kind.Retry);
        if (kind.Cap is { } cap && CapOptions.ProblemOf(cap) is { } problem)
            throw new InvalidJobException("cap", $"The cap of the kind '{kind.Name}': {problem}");
        if (kind.AsyncTimeout is { } patience && patience < TimeSpan.Zero && patience != Timeout.InfiniteTimeSpan)
            throw new InvalidJobException("asyncTimeout", $"The kind '{kind.Name}' has an asyncTimeout of {patience}; it must not be negative.");
    }
}
