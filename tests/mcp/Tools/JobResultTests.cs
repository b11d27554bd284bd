using Errand.Mcp.Tests.Calls;
using ModelContextProtocol.Protocol;

namespace Errand.Mcp.Tests.Tools;

/// <summary>Results: whole, in preview, and page by page.</summary>
public sealed class JobResultTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory, InlineData(McpHost.Current), InlineData(McpHost.Legacy)]
    public async Task D1_a_result_is_the_tools_own_answer_with_its_images(string version)
    {
        await using var host = await StartAsync();
        var client = await host.ConnectAsync(version);

        var result = await client.AskAsync("job_result", ("id", await EndedAsync(host, "draw", "{}")));

        Assert.Equal("A dot.", result.Text());
        Assert.Equal([1, 2, 3], Assert.Single(result.Content.OfType<ImageContentBlock>()).DecodedData.ToArray());
        Assert.Equal("A dot.\n[image image/png]", result.Member("result"));
    }

    [Fact]
    public async Task B_18_a_large_list_comes_as_a_sample_which_says_how_to_page()
    {
        await using var host = await StartAsync();
        var client = await host.ConnectAsync();
        string id = await EndedAsync(host, "count", """{"to":1000}""");

        var preview = await client.AskAsync("job_result", ("id", id), ("maxBytes", 1024));

        Assert.Equal("sample", preview.Member("strategy"));
        Assert.Equal(1000, preview.At("totalItems").GetInt32());
        Assert.True(preview.At("originalSize").GetInt32() > 10_000);
        Assert.InRange(preview.At("previewSize").GetInt32(), 512, 1024);
        Assert.Equal("number 1", preview.At("preview")[0].GetString());
        // From all over the list.
        Assert.True(int.Parse(preview.At("preview").EnumerateArray().Last().GetString()!["number ".Length..], null) > 900);
        Assert.Contains("Call job_result with page 1", preview.Text(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task B_18_a_page_request_switches_from_sampling_to_paging()
    {
        await using var host = await StartAsync();
        var client = await host.ConnectAsync();
        string id = await EndedAsync(host, "count", """{"to":45}""");

        var second = await client.AskAsync("job_result", ("id", id), ("page", 2));
        Assert.Equal(20, second.At("items").GetArrayLength());
        Assert.Equal("number 21", second.At("items")[0].GetString());
        Assert.Equal(3, second.At("totalPages").GetInt32());
        Assert.Contains("call job_result with page 3 for the next", second.Text(), StringComparison.Ordinal);
        var last = await client.AskAsync("job_result", ("id", id), ("page", 3));
        Assert.Equal(5, last.At("items").GetArrayLength());
        Assert.DoesNotContain("for the next", last.Text(), StringComparison.Ordinal);
        var past = await client.AskAsync("job_result", ("id", id), ("page", 4));
        Assert.Null(past.IsError);
        Assert.Equal(0, past.At("items").GetArrayLength());
        Assert.Equal(3, past.At("totalPages").GetInt32());
        var large = await client.AskAsync("job_result", ("id", id), ("page", 1), ("pageSize", 100));
        Assert.Equal(45, large.At("items").GetArrayLength());
    }

    [Fact]
    public async Task D2_pages_of_what_a_failed_command_wrote_are_no_errors()
    {
        string lines = string.Join('\n', Enumerable.Range(1, 3000));
        await using var host = await ToolHost.StartAsync(_ => new(ToolHost.Said(lines, exitCode: 1)));
        var client = await host.ConnectAsync();
        string id = await client.HandOverAsync();
        await host.Jobs.WaitAsync(JobId.Parse(id), null, Token);

        var preview = await client.AskAsync("job_result", ("id", id));
        Assert.Null(preview.IsError);
        Assert.True(preview.At("isError").GetBoolean());
        var page = await client.AskAsync("job_result", ("id", id), ("page", 2), ("pageSize", 3));
        Assert.Null(page.IsError);
        Assert.Equal("4\n5\n6\n[page 2 of 1001; call job_result with page 3 for the next]", page.Text());
    }

    [Fact]
    public async Task B_18_an_empty_list_has_no_pages()
    {
        await using var host = await StartAsync();
        var client = await host.ConnectAsync();
        var page = await client.AskAsync("job_result", ("id", await EndedAsync(host, "count", """{"to":0}""")), ("page", 1));
        Assert.Equal(0, page.At("items").GetArrayLength());
        Assert.Equal(0, page.At("totalPages").GetInt32());
    }

    [Fact]
    public async Task D2_a_long_text_shows_its_ends_and_is_paged_by_lines()
    {
        await using var host = await StartAsync();
        var client = await host.ConnectAsync();
        string id = await EndedAsync(host, "tell", """{"lines":5000}""");

        var preview = await client.AskAsync("job_result", ("id", id));
        Assert.Equal("head_tail", preview.Member("strategy"));
        Assert.InRange(preview.At("previewSize").GetInt32(), 8000, 8192);
        Assert.StartsWith("line 1\n", preview.Member("preview"), StringComparison.Ordinal);
        Assert.EndsWith("line 5000", preview.Member("preview"), StringComparison.Ordinal);
        var page = await client.AskAsync("job_result", ("id", id), ("page", 250));
        Assert.Equal(250, page.At("totalPages").GetInt32());
        Assert.Equal("line 5000", page.At("items")[19].GetString());
        // No item of a page is lost to the budget: each has its part of it.
        var narrow = await client.AskAsync("job_result", ("id", id), ("page", 1), ("pageSize", 1000), ("maxBytes", 256));
        Assert.Equal(1000, narrow.At("items").GetArrayLength());
        Assert.True(narrow.At("truncated").GetBoolean());
    }

    [Theory, InlineData("page", 0), InlineData("page", "1"), InlineData("pageSize", 1001), InlineData("maxBytes", 1), InlineData("pages", 1)]
    public async Task Arguments_that_do_not_fit_are_refused_by_name(string name, object value)
    {
        await using var host = await StartAsync();
        var client = await host.ConnectAsync();
        var refused = await client.AskAsync("job_result", ("id", new string('0', 36)), (name, value));
        Assert.True(refused.IsError);
        Assert.Equal(name, refused.Member("param"));
        Assert.Contains(name, refused.Text(), StringComparison.Ordinal);
        if (name == "pages") Assert.Contains("there are id, page, pageSize, maxBytes", refused.Text(), StringComparison.Ordinal);
    }

    private static Task<McpHost> StartAsync()
    {
        var gate = new Gate();
        gate.Open();
        return ToolHost.StartAsync(gate: gate);
    }

    private static async Task<string> EndedAsync(McpHost host, string tool, string arguments)
    {
        var job = await host.Jobs.SubmitAsync(new JobSpec($"tool.{tool}", JobData.Parse(arguments)), Token);
        await host.Jobs.WaitAsync(job.Id, null, Token);
        return job.Id.ToString();
    }
}
