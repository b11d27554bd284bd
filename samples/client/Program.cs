using Errand.Mcp;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;

// Starts the sample stdio-server, calls its tool, follows the call, and takes it up again by its id from another process of that server.
string bin = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "..", ".."));
string server = Path.Combine(bin, "Errand.Samples.StdioServer", "release", "Errand.Samples.StdioServer.dll");
string folder = Directory.CreateTempSubdirectory("client-errand-").FullName;
Task<ErrandMcpClient> ConnectAsync() => ErrandMcpClient.ConnectAsync(token => McpClient.CreateAsync(
    new StdioClientTransport(new() { Command = "dotnet", Arguments = [server, folder], StandardErrorLines = _ => { } }), cancellationToken: token));

string id;
await using (var client = await ConnectAsync())
{
    var quick = await client.CallAsync("bake", new Dictionary<string, object?> { ["loaves"] = 1 });
    Console.WriteLine($"quick: {Text(await quick.ResultAsync())}");

    var slow = await client.CallAsync("bake", new Dictionary<string, object?> { ["loaves"] = 5 });
    Console.WriteLine(slow.Id is null ? "slow: answered at once" : "slow: goes on in the background");
    await foreach (var update in slow.WatchAsync()) Console.WriteLine($"slow: {update.State} {update.Message}");
    Console.WriteLine($"slow: {Text(await slow.ResultAsync())}");

    id = slow.Id!;
}

// Another client, and another process of the server: the result is still there.
await using (var client = await ConnectAsync())
    Console.WriteLine($"resumed: {Text(await client.Resume(id).ResultAsync())}");
Directory.Delete(folder, recursive: true);

static string Text(CallToolResult result) => string.Concat(result.Content.OfType<TextContentBlock>().Select(block => block.Text));
