namespace Errand;

/// <summary>Why a job's work is told to stop.</summary>
public enum StopReason
{
    /// <summary>It is not.</summary>
    None,

    /// <summary>Somebody asked for its end.</summary>
    Cancelled,

    /// <summary>Somebody asked for its end at once.</summary>
    Killed,

    /// <summary>It ran past its limit.</summary>
    TimedOut,

    /// <summary>It wrote more output than its limit.</summary>
    OutputLimit,

    /// <summary>The process is shutting down.</summary>
    ShuttingDown,

    /// <summary>Its runner has lost its lease: another may be running the job by now, and nothing it writes will be kept.</summary>
    LeaseLost,

    /// <summary>Its caller gave up before it was handed over.</summary>
    Abandoned,
}
