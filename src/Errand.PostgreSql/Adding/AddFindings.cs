namespace Errand.PostgreSql;

/// <summary>What an add finds in the store, and has locked there as far as it may change.</summary>
internal sealed class AddFindings
{
    /// <summary>The jobs that answer for given ones, by the ids of these; later findings take precedence.</summary>
    public Dictionary<JobId, Job> Existing { get; } = [];

    /// <summary>Jobs whose results are kept no longer and that stand in the way of new ones.</summary>
    public HashSet<JobId> Expired { get; } = [];

    /// <summary>The phases of the jobs that given ones start after.</summary>
    public Dictionary<JobId, JobPhase> Parents { get; } = [];

    public Dictionary<string, CapRow> Caps { get; } = [];

    /// <summary>The names of the pauses and drains there are.</summary>
    public HashSet<string> Gates { get; } = [];

    /// <summary>The sessions that have live jobs.</summary>
    public HashSet<(string Owner, string Session)> BusySessions { get; } = [];
}
