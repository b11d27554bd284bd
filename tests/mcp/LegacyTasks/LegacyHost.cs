using System.Text.Json.Nodes;

namespace Errand.Mcp.Tests.LegacyTasks;

/// <summary>What tests of these tasks do again and again.</summary>
internal static class LegacyHost
{
    /// <summary>Calls a tool as a task.</summary>
    /// <returns>The task's id.</returns>
    public static async Task<string> CallAsTaskAsync(
        this RawClient client, string tool, string arguments = "{}", string task = "{}", string meta = "{}")
    {
        var answer = await client.ResultAsync("tools/call", $$"""{"name":"{{tool}}","arguments":{{arguments}},"task":{{task}},"_meta":{{meta}}}""");
        Assert.Equal("working", answer["task"]!["status"]!.ToString());
        return answer["task"]!["taskId"]!.ToString();
    }

    public static Task<JsonObject> GetTaskAsync(this RawClient client, string id) => client.ResultAsync("tasks/get", Named(id));

    public static string Named(string id) => $$"""{"taskId":"{{id}}"}""";

    /// <summary>Waits until a job is as it is wanted.</summary>
    public static async Task<Job> UntilAsync(this McpHost host, string id, Func<Job, bool> condition)
    {
        await foreach (var job in host.Jobs.WatchAsync(JobId.Parse(id), cancellationToken: TestContext.Current.CancellationToken))
            if (condition(job)) return job;
        throw new InvalidOperationException("The job has ended before it was as it should be.");
    }
}
