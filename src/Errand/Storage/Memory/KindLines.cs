namespace Errand.Storage;

/// <summary>The jobs of one kind that could be claimed now, so that a claim never looks at a job of a kind it did not ask for.</summary>
internal sealed class KindLines
{
    /// <summary>Whether none may be started, as of the claim under way.</summary>
    public bool IsPaused { get; set; }

    /// <summary>Queued, and held back by nothing.</summary>
    public JobLine Ready { get; } = new();

    /// <summary>Held by a runner that has lapsed.</summary>
    public JobLine Orphaned { get; } = new();
}
