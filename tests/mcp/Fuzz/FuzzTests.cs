using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Errand.Mcp.Tests.Http;
using Errand.Mcp.Tests.Owners;

namespace Errand.Mcp.Tests.Fuzz;

/// <summary>Requests that are nearly right, of both eras: they are answered or refused, and tell nobody of the jobs of others.</summary>
public sealed partial class FuzzTests
{
    private const int Workers = 4;
    private const int InternalError = -32603;

    // What may rightly be answered late.
    private static readonly string[] Waits =
        ["subscriptions/listen", "tasks/result", "job_wait", "\"long\"", "\"ask\"", "run_command", "errand.job:", "asyncTimeout"];

    private static int Rounds => Seed.IsLong ? 20_000 : 2000;

    [Fact(Timeout = 1_800_000)]
    public async Task Whatever_is_asked_the_server_answers_and_no_owner_hears_of_the_jobs_of_another()
    {
        int seed = Seed.New();
        await using var server = await FuzzedServer.StartAsync();
        string?[] users = ["ann", "bob", null, "ann"];
        await Task.WhenAll(Enumerable.Range(0, Workers).Select(worker => Task.Run(() => WorkAsync(server, new(seed + worker), users[worker]))));

        await server.CheckGuardedAsync();
        // Connections that are gone leave nothing behind.
        for (int i = 0; server.UnderWay > 0; i++)
        {
            Assert.True(i < 1000, $"{server.UnderWay} requests are still under way.");
            server.Tide.Turn();
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }
        await CheckAliveAsync(server, "ann");
    }

    private static async Task WorkAsync(FuzzedServer server, Random chance, string? user)
    {
        var persona = new Persona(user, server.OthersThan(user), server.Untouched);
        for (int round = 0; round < Rounds; round++)
        {
            if (persona.Session is null) persona.Session = await server.Host.BeginAsync(UserOf(user));
            var request = Next(chance, persona);
            try { Check(await RawHttp.SendAsync(server.Host.Client.BaseAddress!.Port, request, MayWait(request)), persona, request); }
            catch (Exception e) { throw new InvalidOperationException($"Round {round} of {user ?? "nobody"}: {e.Message}\n{request}", e); }
            if (request.Verb == "DELETE") persona.Session = null;
            if (round % 20 == 0) server.Tide.Turn();
            if (round % 50 == 0) await CheckAliveAsync(server, user);
        }
    }

    private static RawRequest Next(Random chance, Persona persona)
    {
        bool isCurrent = chance.Once(2);
        List<(string Name, string Value)> headers = [("Accept", "application/json, text/event-stream"), .. UserOf(persona.User)];
        if (!isCurrent && chance.Once(60)) return new(chance.OneOf<string>(["GET", "DELETE"]), [.. headers, Legacy.Session(persona.Session!)], []);
        var message = Templates.Next(chance, persona, isCurrent);
        string method = message["method"]?.ToString() ?? "";
        var mutations = new Mutations(chance, persona);
        byte[] body = mutations.Spoil(message, Math.Max(0, chance.Next(-1, 4)));
        headers.Add(("Content-Type", "application/json"));
        if (isCurrent) headers.AddRange([Current.Version, Current.Method(method), .. NameOf(message)]);
        else
        {
            if (chance.Once(2)) headers.Add(("MCP-Protocol-Version", McpHost.Legacy));
            if (method != "initialize") headers.Add(Legacy.Session(persona.Session!));
        }
        if (chance.Once(8)) mutations.Spoil(headers);
        // Nobody becomes somebody else by chance.
        headers.RemoveAll(header => header.Name == UserHeader.Name);
        return new("POST", [.. headers, .. UserOf(persona.User)], body, chance.Once(15) ? (Cut)(1 + chance.Next(3)) : Cut.No);
    }

    // As it is after the message was changed, for else nothing but the header would be looked at.
    private static IEnumerable<(string, string)> NameOf(JsonObject message) =>
        message["params"] is JsonObject parameters && (parameters["name"] ?? parameters["taskId"] ?? parameters["uri"]) is JsonValue value
            && value.TryGetValue(out string? name) && name.All(char.IsAscii) && !name.Any(char.IsControl) && name.Length < 3000
            ? [Current.Name(name)]
            : [];

    private static bool MayWait(RawRequest request)
    {
        string body = Encoding.UTF8.GetString(request.Body);
        return request.Verb == "GET" || Array.Exists(Waits, wait => body.Contains(wait, StringComparison.Ordinal));
    }

    private static void Check(RawAnswer answer, Persona persona, RawRequest request)
    {
        Assert.True(answer.Status < 500, answer.Text);
        if (answer.Ended && request.Cut == Cut.No) Assert.NotEqual(0, answer.Status);
        Assert.DoesNotContain($"{{\"error\":{{\"code\":{InternalError}", answer.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("An error occurred invoking 'job_", answer.Text, StringComparison.Ordinal);
        foreach (string secret in FuzzedServer.SecretsFor(persona.User)) Assert.DoesNotContain(secret, answer.Text, StringComparison.Ordinal);
        foreach (Match id in JobIds().Matches(answer.Text)) persona.Learn(id.Value);
    }

    private static async Task CheckAliveAsync(FuzzedServer server, string? user)
    {
        var call = new JsonObject { ["text"] = "said" };
        var current = await server.Host.CallAsync("plain", (JsonObject)call.DeepClone(), UserOf(user));
        Assert.Equal((200, "said"), (current.Status, current.Text));
        string session = await server.Host.BeginAsync(UserOf(user));
        var legacy = await server.Host.PostAsync(Legacy.Call("plain", call), [.. UserOf(user), Legacy.Session(session)]);
        Assert.Equal((200, "said"), (legacy.Status, legacy.Text));
        Assert.Equal(204, (await server.Host.SendAsync(HttpMethod.Delete, [.. UserOf(user), Legacy.Session(session)])).Status);
    }

    private static (string Name, string Value)[] UserOf(string? user) => user is null ? [] : [(UserHeader.Name, user)];

    [GeneratedRegex("\\b0[0-9a-z]{35}\\b")]
    private static partial Regex JobIds();
}
