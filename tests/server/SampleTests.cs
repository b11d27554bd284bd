using System.Diagnostics;
using ModelContextProtocol.Client;

namespace Errand.Server.Tests;

/// <summary>T5: the samples do what they say.</summary>
public sealed class SampleTests
{
    [Fact]
    public async Task T5_a_call_that_ends_in_time_and_one_that_goes_on_as_a_job()
    {
        string said = await RunAsync("Hello");
        Assert.Contains("Hello, quick one!", said, StringComparison.Ordinal);
        Assert.Contains("slow one: goes on as job", said, StringComparison.Ordinal);
        Assert.Contains("Hello, slow one!", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task T5_work_that_waits_repeats_and_depends()
    {
        string said = await RunAsync("Pipeline");
        Assert.Contains("batch: 7 of 7 ended, the sum is 27", said, StringComparison.Ordinal);
        Assert.Contains("attempts at the first count: 2", said, StringComparison.Ordinal);
        Assert.Contains("dead letters: 1", said, StringComparison.Ordinal);
        Assert.Contains("redriven: Completed", said, StringComparison.Ordinal);
        Assert.Contains("reports: 2", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task T5_a_client_follows_a_call_of_a_server_on_a_pipe_and_takes_it_up_again()
    {
        string said = await RunAsync("Client");
        Assert.Contains("quick: 1 loaves are ready.", said, StringComparison.Ordinal);
        Assert.Contains("slow: goes on in the background", said, StringComparison.Ordinal);
        Assert.Contains("slow: 5 loaves are ready.", said, StringComparison.Ordinal);
        Assert.Contains("resumed: 5 loaves are ready.", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task T5_a_server_on_the_web_hands_its_calls_over()
    {
        var token = TestContext.Current.CancellationToken;
        var start = StartInfo("WebServer");
        start.Environment["ASPNETCORE_URLS"] = "http://127.0.0.1:0";
        using var process = Process.Start(start)!;
        try
        {
            string? line;
            do line = await process.StandardOutput.ReadLineAsync(token);
            while (line?.Contains("Now listening on: ", StringComparison.Ordinal) == false);
            var address = new Uri(line![line!.IndexOf("http", StringComparison.Ordinal)..] + "/mcp");
            await using var client = await McpClient.CreateAsync(new HttpClientTransport(new() { Endpoint = address }), cancellationToken: token);
            var handle = await client.CallToolAsync("report", new Dictionary<string, object?> { ["seconds"] = 3 }, cancellationToken: token);
            string id = handle.StructuredContent!.Value.GetProperty("id").GetString()!;
            var ended = await client.CallToolAsync("job_wait", new Dictionary<string, object?> { ["id"] = id }, cancellationToken: token);
            Assert.Equal(42, ended.StructuredContent!.Value.GetProperty("job").GetProperty("result").GetProperty("count").GetInt32());
        }
        finally { process.Kill(); }
    }

    private static ProcessStartInfo StartInfo(string name)
    {
        string bin = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "..", ".."));
        return new(Path.Combine(bin, $"Errand.Samples.{name}", "release", $"Errand.Samples.{name}"))
        {
            RedirectStandardOutput = true, RedirectStandardError = true,
        };
    }

    private static async Task<string> RunAsync(string name)
    {
        using var process = Process.Start(StartInfo(name))!;
        var end = await ErrandProcess.EndAsync(process);
        Assert.True(end.Code == 0, end.Out + end.Error);
        return end.Out;
    }
}
