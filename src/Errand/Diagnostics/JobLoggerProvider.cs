using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Errand.Diagnostics;

/// <summary>What code inside a running job says to the host's loggers is the job's output, too.</summary>
internal sealed class JobLoggerProvider(IOptions<ErrandOptions> options) : ILoggerProvider
{
    // Errand's own lines are about jobs, not of them; one about output that cannot be written must not become output.
    public ILogger CreateLogger(string categoryName) =>
        IsOf(categoryName, ErrandTelemetry.Name) || options.Value.LogsNotKept.Any(name => IsOf(categoryName, name))
            ? NullLogger.Instance
            : JobOutputLogger.Instance;

    public void Dispose()
    {
        // There is nothing to let go of.
    }

    private static bool IsOf(string category, string name) =>
        category.StartsWith(name, StringComparison.Ordinal) && (category.Length == name.Length || category[name.Length] == '.');

    private sealed class JobOutputLogger : ILogger
    {
        public static readonly JobOutputLogger Instance = new();

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => JobExecution.Current is { } execution && execution.Output.Logger.IsEnabled(logLevel);

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            JobExecution.Current?.Output.Logger.Log(logLevel, eventId, state, exception, formatter);
    }
}
