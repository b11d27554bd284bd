using Errand.Testing;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace Errand.Mcp.Tests.Calls;

/// <summary>What a waiting client hears, and when.</summary>
public sealed class HeartbeatTests
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    [Fact]
    public void A10_a_silence_is_broken_each_interval_and_what_is_told_always_rises()
    {
        using var test = ErrandTest.Start(_ => { });
        var client = new Listener();
        using (var heartbeat = new Heartbeat(client, new ProgressToken("t"), Interval, test.Time))
        {
            test.Advance(TimeSpan.FromSeconds(25));
            Assert.Equal(2, client.Heard.Count);
            Tell(test, heartbeat, 1_000_000);
            test.Advance(TimeSpan.FromSeconds(9));
            Assert.Equal(3, client.Heard.Count);
            test.Advance(TimeSpan.FromSeconds(40));
            Tell(test, heartbeat, 1_000_000);
            Tell(test, heartbeat, 2_000_000);
        }
        int before = client.Heard.Count;
        test.Advance(TimeSpan.FromMinutes(1));

        Assert.Equal(before, client.Heard.Count);
        Assert.True(before >= 6);
        // Most clients read them as single-precision numbers.
        Assert.Equal(client.Heard.Select(value => (float)value).Order().Distinct(), client.Heard.Select(value => (float)value));
        Assert.Contains(1_000_000, client.Heard);
        Assert.Equal(2_000_000, client.Heard[^1]);
    }

    private static void Tell(ErrandTest test, Heartbeat heartbeat, double current) =>
        test.World.Run(test.Node, () => new ValueTask(heartbeat.TellAsync(new JobProgress(current, null, null))));

    /// <summary>Stands for a client, and hears progress.</summary>
    private sealed class Listener : McpServer
    {
        public List<double> Heard { get; } = [];

        public override string? SessionId => null;

        public override string? NegotiatedProtocolVersion => null;

        public override ClientCapabilities? ClientCapabilities => null;

        public override Implementation? ClientInfo => null;

        public override McpServerOptions ServerOptions { get; } = new();

        public override IServiceProvider? Services => null;

        [Obsolete("As in the protocol.", DiagnosticId = "MCP9005")]
        public override LoggingLevel? LoggingLevel => null;

        public override Task SendMessageAsync(JsonRpcMessage message, CancellationToken cancellationToken = default)
        {
            Heard.Add(((JsonRpcNotification)message).Params!["progress"]!.GetValue<double>());
            return Task.CompletedTask;
        }

        public override Task RunAsync(CancellationToken cancellationToken = default) => throw new NotSupportedException();

        public override Task<JsonRpcResponse> SendRequestAsync(JsonRpcRequest request, CancellationToken cancellationToken = default) =>
            throw new NotSupportedException();

        public override IAsyncDisposable RegisterNotificationHandler(string method, Func<JsonRpcNotification, CancellationToken, ValueTask> handler) =>
            throw new NotSupportedException();

        public override ValueTask DisposeAsync() => default;
    }
}
