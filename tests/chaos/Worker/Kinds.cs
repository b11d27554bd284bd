namespace Errand.Chaos.Tests.Worker;

/// <summary>The kinds of jobs that workers run.</summary>
internal static class Kinds
{
    /// <summary>Must not run twice: cut off, it is interrupted.</summary>
    public const string Plain = "plain";

    /// <summary>Runs again from its start.</summary>
    public const string Again = "again";

    /// <summary>Runs again, and writes lines of output.</summary>
    public const string Output = "output";

    /// <summary>Runs again from its last checkpoint.</summary>
    public const string Steps = "steps";

    /// <summary>Goes on in the same attempt, from its last checkpoint.</summary>
    public const string Resumed = "resumed";

    /// <summary>Ends only when it is told to, and must not run twice.</summary>
    public const string Endless = "endless";

    /// <summary>Writes line after line until it is told to stop, and some more then. Runs again.</summary>
    public const string Chatty = "chatty";

    /// <summary>The same, and goes on in the same attempt.</summary>
    public const string ChattyResumed = "chatty-resumed";

    /// <summary>Runs again, and only <see cref="MostCapped"/> at once, over all processes.</summary>
    public const string Capped = "capped";

    /// <summary>Runs again, and ends once there is a file.</summary>
    public const string Gated = "gated";

    /// <summary>Runs again, and looks how those ended that it started after.</summary>
    public const string Dependent = "dependent";

    /// <summary>Fails for good, unless it does an earlier job again. Runs again when it is cut off.</summary>
    public const string Dud = "dud";

    public const int MostCapped = 5;

    public static IReadOnlyList<string> All { get; } =
        [Plain, Again, Output, Steps, Resumed, Endless, Chatty, ChattyResumed, Capped, Gated, Dependent, Dud];

    /// <summary>Whether a job may have more than one attempt.</summary>
    public static bool RunsAgain(string kind) => kind is Again or Output or Steps;

    /// <summary>Whether one attempt may be worked on more than once.</summary>
    public static bool GoesOn(string kind) => kind is Resumed;
}

/// <summary>What a job is given.</summary>
internal sealed record Piece(int Ordinal, int Millis)
{
    /// <summary>Every second body does not listen when it is told to stop.</summary>
    public bool IsDeaf => Ordinal % 2 == 1;
}

/// <summary>What a job returns.</summary>
internal sealed record Done(int Ordinal, int Attempt, string Run);
