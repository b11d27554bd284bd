namespace Errand.Sqlite;

/// <summary>
/// Whether a job may stand in for others, as the file has it: the phases in which it may, as bits, so that the index of those that may is a
/// matter of one comparison.
/// </summary>
internal static class StoredReuse
{
    private const long InFlight = (long)(JobPhases.Queued | JobPhases.Running | JobPhases.Waiting);
    private const long Result = InFlight | (long)JobPhases.Completed;

    /// <summary>That of a job whose result was kept, and is kept no longer: it stands in for nobody, in no phase.</summary>
    public const long GaveWay = 1 << 8;

    public static long Of(JobSpec spec) => spec.Reuse switch
    {
        JobReuse.InFlight => InFlight,
        JobReuse.Result => Result,
        _ => 0,
    };

    public static JobReuse Read(long reuse) => reuse == InFlight ? JobReuse.InFlight : JobReuse.Result;
}
