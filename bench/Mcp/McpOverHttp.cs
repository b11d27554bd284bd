namespace Errand.Bench.Mcp;

/// <summary>MCP over HTTP on a durable file, beside the same server's echo of the same bytes.</summary>
internal static class McpOverHttp
{
    private const int Warm = 20_000;
    private const int Times = 20_000;
    private const int Rounds = 30;
    private const int PerRound = 8_000;

    public static async Task RunAsync()
    {
        using var process = new ServerProcess(BenchServer.HttpRole);
        var server = new Uri((await process.Process.StandardOutput.ReadLineAsync())!);
        foreach (int clients in (int[])[32, 1])
        {
            double echo = await MeasureAsync(server, clients, "echo", EchoAsync, null);
            await MeasureAsync(server, clients, "plain call", (load, id) => CallAsync(load, id, "plain"), echo);
            await MeasureAsync(server, clients, "deferrable call", (load, id) => CallAsync(load, id, "deferrable"), echo);
            string known = await CompletedAsync(server);
            await MeasureAsync(server, clients, "poll", (load, id) => PollAsync(load, id, known), echo, 0.35);
            await MeasureAsync(server, clients, "task end to end", EndToEndAsync, echo, clients == 1 ? null : 0.12);
        }
        await CompareCpuAsync(process, server);
    }

    private static async Task<double> MeasureAsync(
        Uri server, int clients, string what, Func<HttpLoad, long, Task> one, double? echo, double? goal = null)
    {
        await HttpLoad.RunAsync(server, clients, Warm, one);
        var (perSecond, took) = await HttpLoad.RunAsync(server, clients, Times, one);
        Array.Sort(took);
        var rate = new Figure($"mcp http, {clients} client{(clients == 1 ? "" : "s")}", $"{what}, a second", perSecond, "1/s") { Reference = echo };
        (goal is { } least ? rate.RatioAtLeast(least) : rate).Print();
        var middle = new Figure(rate.Name, $"{what}, p50", took[took.Length / 2], "ms");
        (what == "task end to end" && clients == 1 ? middle.AtMost(0.5) : middle).Print();
        return perSecond;
    }

    /// <summary>What it costs the server that a call could be handed over: the same work by a tool that cannot, turn by turn.</summary>
    private static async Task CompareCpuAsync(ServerProcess process, Uri server)
    {
        var ratios = new List<double>();
        for (int round = 0; round < Rounds; round++)
        {
            // Who goes first changes, so that neither gains by what the other has warmed.
            string[] order = round % 2 == 0 ? ["plain", "deferrable"] : ["deferrable", "plain"];
            var cost = new Dictionary<string, double>();
            foreach (string tool in order)
            {
                var before = process.Cpu;
                await HttpLoad.RunAsync(server, 8, PerRound, (load, id) => CallAsync(load, id, tool));
                cost[tool] = (process.Cpu - before).TotalMicroseconds / PerRound;
            }
            ratios.Add(cost["plain"] / cost["deferrable"]);
        }
        ratios.Sort();
        new Figure("mcp http", "CPU of a plain call beside a deferrable one, median of rounds", ratios[ratios.Count / 2], "ratio")
            .AtLeast(0.95).Print();
    }

    private static Task EchoAsync(HttpLoad load, long id) =>
        load.SendAsync(Requests.Http("/echo", "tools/call", "plain", Requests.Call(id, "plain"))).AsTask();

    private static async Task CallAsync(HttpLoad load, long id, string tool)
    {
        var answer = await load.SendAsync(Requests.Http("/mcp", "tools/call", tool, Requests.Call(id, tool)));
        if (answer.Span.IndexOf("a few words"u8) < 0) throw new InvalidOperationException(System.Text.Encoding.UTF8.GetString(answer.Span));
    }

    private static async Task PollAsync(HttpLoad load, long id, string task)
    {
        var answer = await load.SendAsync(Requests.Http("/mcp", "tasks/get", task, Requests.Get(id, task)));
        if (answer.Span.IndexOf("\"status\":\"completed\""u8) < 0)
            throw new InvalidOperationException(System.Text.Encoding.UTF8.GetString(answer.Span));
    }

    private static async Task EndToEndAsync(HttpLoad load, long id) => await ToEndAsync(load, id);

    private static async Task<string> ToEndAsync(HttpLoad load, long id)
    {
        var created = await load.SendAsync(Requests.Http("/mcp", "tools/call", "task", Requests.Call(id, "task")));
        string task = Requests.Find(created.Span, "\"taskId\":\""u8)
            ?? throw new InvalidOperationException(System.Text.Encoding.UTF8.GetString(created.Span));
        byte[] poll = Requests.Http("/mcp", "tasks/get", task, Requests.Get(id, task));
        while ((await load.SendAsync(poll)).Span.IndexOf("\"status\":\"completed\""u8) < 0) { }
        return task;
    }

    private static async Task<string> CompletedAsync(Uri server)
    {
        using var load = await HttpLoad.ConnectAsync(server);
        return await ToEndAsync(load, 1);
    }
}
