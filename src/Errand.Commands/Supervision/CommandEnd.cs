namespace Errand.Commands;

/// <summary>How the supervision of a command ended.</summary>
/// <param name="Kind">In which way.</param>
internal sealed record CommandEnd(CommandEndKind Kind)
{
    /// <summary>How the command itself ended.</summary>
    public CommandExit? Exit { get; init; }

    /// <summary>What it left running, and what was ended then.</summary>
    public IReadOnlyList<string> Leftovers { get; init; } = [];

    /// <summary>What could not be ended.</summary>
    public IReadOnlyList<string> Survivors { get; init; } = [];

    /// <summary>The limit that it went past, and was ended for.</summary>
    public ExceededLimit? Exceeded { get; init; }

    /// <summary>The start and the end of what it has written to its standard output.</summary>
    public CapturedText Stdout { get; init; } = new();

    /// <summary>The same of its standard error.</summary>
    public CapturedText Stderr { get; init; } = new();
}

/// <summary>The ways in which the supervision of a command can end.</summary>
internal enum CommandEndKind
{
    /// <summary>The command has ended, and its supervisor has told how.</summary>
    Ended,

    /// <summary>The command goes on; this process has let go of it.</summary>
    LetGo,

    /// <summary>Its supervisor was killed: nobody has seen how the command ended. What was left of it was ended.</summary>
    SupervisorKilled,

    /// <summary>The machine was started anew, and the command ended with it.</summary>
    HostRestarted,

    /// <summary>Nothing on this host tells of it: it was started on another one.</summary>
    HostLost,
}
