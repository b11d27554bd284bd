namespace Errand.Mcp;

/// <summary>How an <see cref="ErrandMcpClient"/> follows calls.</summary>
public sealed class ErrandMcpClientOptions
{
    /// <summary>
    /// What the tools that follow jobs are called on a server that has renamed them: <c>job_wait</c> → <c>wait_for_job</c>. Only servers that
    /// know no tasks are asked by them.
    /// </summary>
    public IDictionary<string, string> ToolNames { get; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>How long to wait between two looks at a call where the server says nothing about it. Default: 1 s.</summary>
    public TimeSpan PollInterval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>Whether to let the server tell what becomes of a call, where it can, instead of looking again and again. Default: true.</summary>
    public bool Subscribe { get; set; } = true;

    /// <summary>How long a server that cannot be reached is tried again while a call is followed. Default: 1 min.</summary>
    public TimeSpan ReconnectFor { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>How long to wait between two attempts to reach the server. Default: 500 ms.</summary>
    public TimeSpan ReconnectDelay { get; set; } = TimeSpan.FromMilliseconds(500);

    /// <summary>The clock. Default: the machine's.</summary>
    public TimeProvider Time { get; set; } = TimeProvider.System;
}
