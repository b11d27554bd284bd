namespace Errand.Commands;

/// <summary>What starts the CLIs of agents, and finds those again that outlived their server.</summary>
internal interface IAgentProcesses
{
    /// <summary>Starts a CLI and waits for its end.</summary>
    Task<AgentExit> RunAsync(CommandInput command, IAgentListener listener, JobContext job);

    /// <summary>Goes on with the CLI that an attempt had started before its server was gone; all that it has written is told again.</summary>
    Task<AgentExit> ResumeAsync(CommandInput command, IAgentListener listener, JobContext job);
}

/// <summary>Who hears what a CLI does.</summary>
internal interface IAgentListener
{
    /// <summary>Whether its standard input stays open after what the command gives it.</summary>
    bool KeepsInputOpen { get; }

    /// <summary>It runs. Told before anything that it writes.</summary>
    void Started(IAgentProcess process);

    /// <summary>It has written something. Told piece by piece, in order.</summary>
    void Wrote(OutputStream stream, ReadOnlySpan<byte> bytes);
}

/// <summary>A CLI that runs.</summary>
internal interface IAgentProcess
{
    /// <summary>Writes to its standard input; a CLI that no longer reads is no error.</summary>
    void Write(ReadOnlyMemory<byte> bytes);

    /// <summary>Ends its standard input.</summary>
    void CloseInput();

    /// <summary>Ends it as a cancel does: an interrupt, a request to terminate, the kill.</summary>
    void Stop();
}

/// <summary>How a CLI ended.</summary>
/// <param name="ExitCode">Its exit code; 128 + N if signal N ended it, as shells show it.</param>
/// <param name="Signal">The signal that ended it, if one did.</param>
internal readonly record struct AgentExit(int? ExitCode, string? Signal);
