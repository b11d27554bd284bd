using Microsoft.Extensions.Logging;
namespace Errand;
internal sealed class DeferredOutputWriter(TimeProvider time) : OutputWriter(time)
{
    public override long Bytes => 0;
    public override StoreUnavailableException? Failure => null;
    public void Promote(IOutputLog log, JobId id, int attempt) => _ = (log, id, attempt, Bytes);
    public override ValueTask<OutputSummary> CompleteAsync(CancellationToken cancellationToken = default) => new(new OutputSummary(0, 0, null));
    protected internal override void Append(OutputStream stream, ReadOnlySpan<byte> bytes, DateTimeOffset at) { }
    protected override ValueTask CloseAsync() => default;
}
internal sealed class JobLogger(OutputWriter writer) : ILogger
{
    public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;
    public bool IsEnabled(LogLevel logLevel) => writer.Bytes >= 0;
    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) { }
}
internal static class OutputView
{
    public static ValueTask<IReadOnlyList<string>> TailAsync(IOutputLog log, JobId id, int lines, CancellationToken ct) => new([]);
}
