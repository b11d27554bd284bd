namespace Errand.Chaos.Tests.Worker;

/// <summary>The first words of the lines between the suite and its workers.</summary>
internal static class Words
{
    /// <summary>Submit this: kind, ordinal, milliseconds, perhaps a session.</summary>
    public const string Submit = "submit";

    /// <summary>Cancel the job with this id.</summary>
    public const string Cancel = "cancel";

    /// <summary>Submit from so many places at once, as fast as can be, for so many seconds.</summary>
    public const string Rush = "rush";

    /// <summary>
    /// Make the same call many times at once: kind, ordinal, milliseconds, how many, what may be reused, how many milliseconds of patience.
    /// </summary>
    public const string Call = "call";

    /// <summary>Redrive all duds in this name.</summary>
    public const string Redrive = "redrive";

    /// <summary>Stop the host and end.</summary>
    public const string Stop = "stop";

    public const string Ready = "ready";

    /// <summary>The submit of this ordinal was acknowledged: job id.</summary>
    public const string Kept = "kept";

    public const string NotKept = "not-kept";

    /// <summary>The cancel of this job was answered so.</summary>
    public const string Answered = "answered";

    public const string NotAnswered = "not-answered";

    /// <summary>How many submits were acknowledged, and after how many milliseconds: half of them, 99 %, all.</summary>
    public const string Rushed = "rushed";

    /// <summary>All calls of this ordinal were answered or handed over.</summary>
    public const string Joined = "joined";

    /// <summary>Calls of this ordinal ended with: job id, run, how many of them.</summary>
    public const string Called = "called";

    /// <summary>So many were redriven.</summary>
    public const string Redriven = "redriven";

    /// <summary>A warning: number and message.</summary>
    public const string Logged = "logged";

    /// <summary>Something happened that never may.</summary>
    public const string Wrong = "wrong";
}
