using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Errand.Diagnostics;

/// <summary>What code inside a running job says to the host's loggers is the job's output, too.</summary>
internal sealed class JobLoggerProvider : ILoggerProvider
{
    // Errand's own lines are about jobs, not of them; one about output that cannot be written must not become output.
    public ILogger CreateLogger(string categoryName) =>
        IsOf(categoryName, ErrandTelemetry.Name) ? NullLogger.Instance : new JobOutputLogger(categoryName);

    public void Dispose()
    {
        // There is nothing to let go of.
    }

    private static bool IsOf(string category, string name) =>
        category.StartsWith(name, StringComparison.Ordinal) && (category.Length == name.Length || category[name.Length] == '.');

    private sealed class JobOutputLogger(string category) : ILogger
    {
        // Loggers are made before the options have been checked, so these are asked for once there is a job.
        private volatile Kept _kept;

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) =>
            JobExecution.Current is { } execution && IsKept(execution.Core.Options) && execution.Output.Logger.IsEnabled(logLevel);

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (JobExecution.Current is { } execution && IsKept(execution.Core.Options))
                execution.Output.Logger.Log(logLevel, eventId, state, exception, formatter);
        }

        private bool IsKept(ErrandOptions options)
        {
            if (_kept == Kept.Unknown) _kept = options.LogsNotKept.Any(name => IsOf(category, name)) ? Kept.No : Kept.Yes;
            return _kept == Kept.Yes;
        }

        private enum Kept
        {
            Unknown,
            Yes,
            No,
        }
    }
}
