using Microsoft.Extensions.Logging;

namespace Errand;

/// <summary>
/// Log lines of a job as its output: <c>warn: what happened</c>, an exception on the lines after it. They go to the second stream, as programs
/// do it, so that the first one holds what the job is for.
/// </summary>
internal sealed class JobLogger(OutputWriter output, LogLevel minimum = LogLevel.Information) : ILogger
{
    private readonly TextWriter _text = output.Text(OutputStream.Err);

    public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= minimum && logLevel != LogLevel.None;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (!IsEnabled(logLevel)) return;
        string message = formatter(state, exception);
        // One call, so that lines of several threads do not mix.
        _text.WriteLine(exception is null ? $"{Word(logLevel)}: {message}" : $"{Word(logLevel)}: {message}\n{exception}");
    }

    private static string Word(LogLevel level) => level switch
    {
        LogLevel.Trace => "trace",
        LogLevel.Debug => "debug",
        LogLevel.Information => "info",
        LogLevel.Warning => "warn",
        LogLevel.Error => "error",
        _ => "critical",
    };
}
