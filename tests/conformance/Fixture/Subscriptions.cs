using System.Collections.Concurrent;

namespace Errand.ConformanceFixture;

/// <summary>Which sessions want to hear of changes of which resources.</summary>
internal sealed class Subscriptions
{
    private readonly ConcurrentDictionary<(string? Session, string? Uri), bool> _all = new();

    public void Add(string? session, string? uri) => _all[(session, uri)] = true;

    public void Remove(string? session, string? uri) => _all.TryRemove((session, uri), out _);
}
