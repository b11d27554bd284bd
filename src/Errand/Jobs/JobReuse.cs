namespace Errand;

/// <summary>Whether a job may stand in for later ones of the same owner and <see cref="JobSpec.Fingerprint"/>.</summary>
public enum JobReuse
{
    /// <summary>No: each submit is a job of its own.</summary>
    None,

    /// <summary>While it is under way and nobody has asked for its end: an identical submit answers with it.</summary>
    InFlight,

    /// <summary>While it is under way, and once it has completed for as long as its result is kept. A failure is never reused.</summary>
    Result,
}
