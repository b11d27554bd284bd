namespace Errand.Cli;

/// <summary>Everything outside that commands touch.</summary>
internal sealed record CliEdges
{
    /// <summary>The edges of this process.</summary>
    public static CliEdges Process { get; } = new()
    {
        Out = Console.Out, Error = Console.Error, OpenOut = Console.OpenStandardOutput, OpenError = Console.OpenStandardError, OpenIn = Console.OpenStandardInput,
    };

    public required TextWriter Out { get; init; }

    public required TextWriter Error { get; init; }

    /// <summary>Standard output as bytes, for what a job has written.</summary>
    public required Func<Stream> OpenOut { get; init; }

    public required Func<Stream> OpenError { get; init; }

    public required Func<Stream> OpenIn { get; init; }

    public TimeProvider Time { get; init; } = TimeProvider.System;
}
