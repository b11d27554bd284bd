namespace Errand.Storage;

/// <summary>A job's place in memory: the job as it is now, and where the indexes have it.</summary>
/// <remarks>The indexes keep their links in here, so that a queued job costs no nodes of its own in any of them.</remarks>
internal sealed class StoredJob(Job job, long arrival)
{
    public Job Job { get; set; } = job;

    /// <summary>Rises with every job that is added.</summary>
    public long Arrival { get; } = arrival;

    public JobEvent[] History { get; set; } = [];

    /// <summary>The caps that it stands under.</summary>
    public CapLine[] Caps { get; set; } = [];

    /// <summary>The jobs that start after it and have not been told of its end.</summary>
    public Queue<(StoredJob Job, bool OnAnyEnd)>? Untold { get; set; }

    /// <summary>Whether it has ended and dependents are still to be told.</summary>
    public bool IsToRelease { get; set; }

    /// <summary>How many live jobs start after it, or did.</summary>
    public int LiveDependents { get; set; }

    /// <summary>The line it stands in: ready, future or orphaned; none while somebody holds it or something else holds it back.</summary>
    public JobLine? Line { get; set; }

    public int PlaceInLine { get; set; }

    public long LineKey { get; set; }

    public RunnerLife? Holder { get; set; }

    public SessionQueue? Session { get; set; }

    public StoredJob? NextOfSession { get; set; }

    public StoredJob? PreviousOfSession { get; set; }
}
