namespace Errand.Cli;

/// <summary>Everything outside that commands touch; by default that of this process.</summary>
internal sealed record CliEdges
{
    /// <summary>Standard output. Opened when first asked for, because a process that detaches itself changes what it is.</summary>
    public TextWriter Out { get => field ??= Console.Out; init; }

    public TextWriter Error { get => field ??= Console.Error; init; }

    /// <summary>Standard output as bytes, for what a job has written.</summary>
    public Func<Stream> OpenOut { get; init; } = Console.OpenStandardOutput;

    public Func<Stream> OpenError { get; init; } = Console.OpenStandardError;

    public Func<Stream> OpenIn { get; init; } = Console.OpenStandardInput;

    public TimeProvider Time { get; init; } = TimeProvider.System;
}
