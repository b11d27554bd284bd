using System.Text.Json;
using Errand.Mcp.Tests.Calls;
using Microsoft.Extensions.Options;

namespace Errand.Mcp.Tests.Tools;

/// <summary>What the tools are called, how they are described, and what they refuse.</summary>
public sealed class ToolNamesTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory, InlineData(McpHost.Current), InlineData(McpHost.Legacy)]
    public async Task O9_tools_go_by_the_names_that_the_server_gives_them_and_say_so_in_their_texts(string version)
    {
        var gate = new Gate();
        await using var host = await ToolHost.StartAsync(gate: gate, options: options =>
        {
            options.ToolNames["job_wait"] = "wait_for_task";
            options.ToolNames["job_result"] = "get_result";
            options.ToolAliases["get_cached_result"] = "job_result";
            options.ToolAliases["execute_command"] = "run_command";
        });
        var client = await host.ConnectAsync(version);
        var tools = await client.ListToolsAsync(cancellationToken: Token);
        string[] names = [.. tools.Select(tool => tool.Name)];
        Assert.Contains("wait_for_task", names);
        Assert.DoesNotContain("job_wait", names);
        Assert.Equal("Another name for get_result.", tools.Single(tool => tool.Name == "get_cached_result").Description);
        Assert.DoesNotContain(tools, tool => tool.Description.Contains("job_wait", StringComparison.Ordinal));

        string id = await client.HandOverAsync("greet");
        var early = await client.AskAsync("get_cached_result", ("id", id));
        Assert.Contains("call wait_for_task with id", early.Text(), StringComparison.Ordinal);
        gate.Open();
        await client.AskAsync("wait_for_task", ("id", id));
        Assert.Equal("Hello", (await client.AskAsync("get_cached_result", ("id", id))).Text());
        var handle = await client.AskAsync("execute_command", ("command", "make"), ("background", true));
        Assert.Contains("call wait_for_task with id", handle.Text(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("job_waits", "wait", null, null, "ToolNames has 'job_waits'")]
    [InlineData(null, null, "poll", "job_poll", "ToolAliases[\"poll\"] is 'job_poll'")]
    [InlineData(null, null, "job_wait", "job_status", "Two tools would be called 'job_wait'")]
    [InlineData("job_wait", "a b", null, null, "'a b' cannot be the name of a tool")]
    public async Task O9_names_that_lead_nowhere_stop_the_start(string? own, string? given, string? alias, string? of, string words)
    {
        var refusal = await Assert.ThrowsAsync<OptionsValidationException>(() => ToolHost.StartAsync(options: options =>
        {
            if (own is not null) options.ToolNames[own] = given!;
            if (alias is not null) options.ToolAliases[alias] = of!;
        }));
        Assert.Contains(words, refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task O9_without_job_tools_only_run_command_is_left()
    {
        await using var host = await ToolHost.StartAsync(options: options => options.JobTools = false);
        var client = await host.ConnectAsync();
        string[] names = [.. (await client.ListToolsAsync(cancellationToken: Token)).Select(tool => tool.Name)];
        Assert.Contains("run_command", names);
        Assert.DoesNotContain(names, name => name.StartsWith("job_", StringComparison.Ordinal));
    }

    [Fact]
    public async Task O5_every_tool_says_what_it_takes_what_it_answers_and_what_it_does()
    {
        await using var host = await ToolHost.StartAsync();
        var client = await host.ConnectAsync();
        var tools = await client.ListToolsAsync(cancellationToken: Token);
        var own = tools.Where(tool => tool.Name.StartsWith("job_", StringComparison.Ordinal) || tool.Name == "run_command").ToList();
        Assert.Equal(9, own.Count);
        foreach (var tool in own)
        {
            var schema = tool.ProtocolTool.InputSchema;
            Assert.Equal(JsonValueKind.False, schema.GetProperty("additionalProperties").ValueKind);
            foreach (var parameter in schema.GetProperty("properties").EnumerateObject())
                Assert.True(parameter.Value.TryGetProperty("description", out _), $"{tool.Name}.{parameter.Name} has no description.");
            Assert.Equal("object", tool.ProtocolTool.OutputSchema!.Value.GetProperty("type").GetString());
            Assert.NotNull(tool.Title);
            bool changes = tool.Name is "job_cancel" or "job_retry" or "job_input" or "run_command";
            Assert.Equal(!changes, tool.ProtocolTool.Annotations!.ReadOnlyHint);
            Assert.Equal(tool.Name == "run_command", tool.ProtocolTool.Annotations.OpenWorldHint);
        }
    }

    [Theory]
    [InlineData("job_status", "id", 5)]
    [InlineData("job_wait", "timeoutMs", "long")]
    [InlineData("job_wait", "until", "noon")]
    [InlineData("job_wait", "after", "yesterday")]
    [InlineData("job_output", "tailLines", 0)]
    [InlineData("job_output", "stream", "both")]
    [InlineData("job_cancel", "force", "yes")]
    [InlineData("job_list", "limit", 5000)]
    [InlineData("job_list", "owner", "somebody")]
    [InlineData("job_input", "key", 1)]
    [InlineData("job_retry", "ids", "all")]
    public async Task Arguments_that_do_not_fit_are_refused_by_name(string tool, string name, object value)
    {
        await using var host = await ToolHost.StartAsync();
        var client = await host.ConnectAsync();
        var job = await host.Jobs.SubmitAsync(new JobSpec("command", JobData.Parse("{}")), Token);
        (string, object?)[] arguments = name == "id" || tool == "job_list" ? [(name, value)]
            : tool == "job_input" ? [("id", job.Id.ToString()), ("answer", "x"), (name, value)] : [("id", job.Id.ToString()), (name, value)];
        var refused = await client.AskAsync(tool, arguments);
        Assert.True(refused.IsError);
        Assert.Equal(name, refused.Member("param"));
        Assert.Contains(name, refused.Text(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("job_status"), InlineData("job_wait"), InlineData("job_result"), InlineData("job_output"), InlineData("job_cancel"), InlineData("job_retry")]
    public async Task B_20_ids_that_name_nothing_are_told_in_the_same_words(string tool)
    {
        await using var host = await ToolHost.StartAsync();
        var client = await host.ConnectAsync();
        string nobody = new('0', 36);
        var missing = await client.AskAsync(tool, ("id", nobody));
        Assert.Equal($"Job {nobody} was not found. It may have expired, or the id is mistyped.", missing.Text());
        var mistyped = await client.AskAsync(tool, ("id", "abc"));
        Assert.Equal("Job 'abc' was not found. It may have expired, or the id is mistyped.", mistyped.Text());
        Assert.Equal("not_found", mistyped.Member("code"));
        Assert.Equal("id", (await client.AskAsync(tool)).Member("param"));
    }

    [Fact]
    public async Task P4_the_owner_of_an_expired_job_is_told_that_it_has_expired()
    {
        await using var host = await ToolHost.StartAsync();
        var client = await host.ConnectAsync();
        var job = await host.Jobs.SubmitAsync(new JobSpec("command", JobData.Parse("{}")) { KeepFor = TimeSpan.FromTicks(1) }, Token);
        await host.Jobs.WaitAsync(job.Id, null, Token);
        var expired = await client.AskAsync("job_result", ("id", job.Id.ToString()));
        Assert.Equal("expired", expired.Member("code"));
        Assert.Contains("has expired", expired.Text(), StringComparison.Ordinal);
    }
}
