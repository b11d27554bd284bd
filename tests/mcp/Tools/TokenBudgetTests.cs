using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Errand.Testing;
using Microsoft.Extensions.DependencyInjection;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace Errand.Mcp.Tests.Tools;

/// <summary>What it costs a model to follow a build of ten minutes that fails: calls, and tokens of four bytes.</summary>
public sealed class TokenBudgetTests
{
    private const int Lines = 6000;
    private const int FirstError = 4711;
    private const int MostTokens = 2000;
    private static readonly JsonSerializerOptions Plain =
        new(McpJsonUtilities.DefaultOptions) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    [Theory]
    [InlineData(300_000, 3)]
    [InlineData(45_000, 14)]
    public void C4_a_build_of_ten_minutes_is_followed_in_few_calls_and_tokens(int timeoutMs, int mostCalls)
    {
        using var test = ErrandTest.Start(errand =>
        {
            errand.Services.AddErrandMcp(null);
            errand.Services.AddErrandTools();
            errand.AddKind(new JobKind("command", _ => new Build()) { Limits = JobLimits.None });
        });
        var call = new Caller(test);

        var answer = call.Tool("run_command", new() { ["command"] = "make -j8" });
        string id = answer["structuredContent"]!["id"]!.ToString();
        do
        {
            string? cursor = answer["structuredContent"]!["cursor"]?.ToString();
            var arguments = new JsonObject { ["id"] = id, ["timeoutMs"] = timeoutMs };
            if (cursor is not null) arguments["after"] = cursor;
            answer = call.Tool("job_wait", arguments);
        }
        while ((bool)answer["structuredContent"]!["timedOut"]!);

        Assert.InRange(call.Calls, 1, mostCalls);
        // All of each answer counts, although most clients show a model either the text or the structure.
        Assert.True(call.Bytes / 4 <= MostTokens, $"{call.Bytes / 4} tokens in {call.Calls} calls:\n{call.Transcript}");
        TestContext.Current.TestOutputHelper?.WriteLine($"{call.Calls} calls, {call.Bytes / 4} tokens; of text alone {call.TextBytes / 4}.");
        foreach (string shown in (string[])[answer["content"]![0]!["text"]!.ToString(), answer["structuredContent"]!.ToJsonString(Plain)])
        {
            Assert.Contains("exit code 2", shown, StringComparison.Ordinal);
            Assert.Contains(Build.Line(FirstError), shown, StringComparison.Ordinal);
            for (int i = Lines - 19; i <= Lines; i++) Assert.Contains(Build.Line(i), shown, StringComparison.Ordinal);
        }
    }

    /// <summary>A build with the lines of a real one, and warnings that only look like errors.</summary>
    private sealed class Build : IJobExecutor
    {
        public static string Line(int number) => number switch
        {
            FirstError => "src/net/session.cpp:212:17: error: 'peer' was not declared in this scope",
            > FirstError when number % 50 == 0 => $"make[2]: *** [src/CMakeFiles/app.dir/build.make:{number}: session.cpp.o] Error 1",
            _ when number % 100 == 0 => $"lint {number}: 0 errors, 3 warnings",
            _ => $"[{number * 100 / Lines,3}%] Building CXX object src/CMakeFiles/app.dir/m{number:0000}.cpp.o",
        };

        public async ValueTask<JobOutcome> RunAsync(JobContext job)
        {
            for (int i = 1; i <= Lines; i++)
            {
                job.Log(Line(i));
                if (i % 10 == 0) await Task.Delay(TimeSpan.FromSeconds(1), job.Time, job.CancellationToken);
            }
            string log = string.Join('\n', Enumerable.Range(1, Lines).Select(Line));
            var result = new JsonObject { ["stdout"] = $"{log[..8000]}\n…\n{log[^16000..]}", ["stderr"] = "", ["exitCode"] = 2 };
            string lastWords = string.Join('\n', Enumerable.Range(1, 10).Select(i => Line(Lines - 500 + (50 * i))));
            var error = new JobError("exit_code", $"The command ended with exit code 2 instead of 0. The end of its stderr:\n{lastWords}");
            return JobOutcome.Failed(error, JobData.Parse(result.ToJsonString())) with { ExitCode = 2 };
        }
    }

    /// <summary>Calls tools as a server does, and counts.</summary>
    private sealed class Caller(ErrandTest test)
    {
        private readonly List<ErrandTool> _tools = [.. test.Services.GetServices<ErrandTool>()];
        private readonly StringBuilder _transcript = new();

        public int Calls { get; private set; }

        public int Bytes { get; private set; }

        public int TextBytes { get; private set; }

        public string Transcript => _transcript.ToString();

        public JsonNode Tool(string name, JsonObject arguments)
        {
            var request = new JsonRpcRequest { Method = RequestMethods.ToolsCall, Id = new RequestId(++Calls) };
            var parameters = new CallToolRequestParams
            {
                Name = name,
                Arguments = arguments.ToDictionary(argument => argument.Key, argument => JsonSerializer.SerializeToElement(argument.Value)),
            };
            var server = new DetachedServer(new McpServerOptions(), test.Services, McpHost.Current);
            var answer = test.Run(_ => _tools.Single(tool => tool.OwnName == name).InvokeAsync(new(server, request, parameters)));
            answer.Meta = null;
            string json = JsonSerializer.Serialize(answer, Plain);
            Bytes += Encoding.UTF8.GetByteCount(json);
            TextBytes += Encoding.UTF8.GetByteCount(answer.Text());
            _transcript.AppendLine(json);
            return JsonNode.Parse(json)!;
        }
    }
}
