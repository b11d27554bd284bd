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

    /// <summary>A warning: number and message.</summary>
    public const string Logged = "logged";

    /// <summary>Something happened that never may.</summary>
    public const string Wrong = "wrong";
}
