using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using ModelContextProtocol.Protocol;

namespace Errand.Mcp;

/// <summary>Runs a shell command; one that takes longer than its caller waits goes on as a job.</summary>
internal sealed class RunCommandTool(ErrandToolParts parts, IJobClient jobs, Handles handles) : JobStartingTool(parts, jobs, handles)
{
    private const int TitleLength = 100;
    private static readonly string[] InputNames = ["command", "argv", "cwd", "env", "stdin", "shell", "expectedExitCodes"];

    public override string OwnName => JobToolNames.RunCommand;

    protected override string Title => "Run a command";

    protected override string Description => $"""
        Runs a shell command and answers with its stdout, stderr and exit code. A command that takes longer than asyncTimeout is not stopped: it goes
        on in the background, and the answer has status "processing" and the id of its job, to be followed with {NameOf(JobToolNames.Wait)},
        {NameOf(JobToolNames.Output)} and {NameOf(JobToolNames.Cancel)}.
        """;

    protected override string Schema => """
        {
          "type": "object",
          "properties": {
            "command": { "type": "string", "description": "A line for a shell. Give either this or argv." },
            "argv": {
              "type": "array", "items": { "type": "string" }, "minItems": 1, "description": "A program and its arguments, started without a shell."
            },
            "cwd": { "type": "string", "description": "The folder to run in: an absolute path. Default: the server's." },
            "env": { "type": "object", "additionalProperties": { "type": "string" }, "description": "Variables added to the server's environment." },
            "stdin": { "type": "string", "description": "What the command reads from its standard input. Default: nothing." },
            "shell": { "type": "string", "description": "The shell that is given the line by -c. Default: /bin/sh." },
            "expectedExitCodes": {
              "type": "array", "items": { "type": "integer" }, "minItems": 1, "description": "Exit codes that are no failure. Default: 0."
            },
            "title": { "type": "string", "description": "A line for people. Default: the command." },
            "background": { "type": "boolean", "description": "Hand over to the background at once. Default: false." }
          },
          "additionalProperties": false
        }
        """;

    protected override string AnswerSchema => """
        {
          "type": "object",
          "properties": { "stdout": { "type": "string" }, "stderr": { "type": "string" }, "exitCode": { "type": "integer" } },
          "required": ["stdout", "stderr", "exitCode"]
        }
        """;

    protected override JobSpec SpecOf(ToolArguments arguments) =>
        new(CommandAnswer.Kind, InputOf(arguments)) { Title = arguments.Text("title") ?? TitleOf(arguments) };

    protected override bool WantsNoAnswer(ToolArguments arguments) => arguments.Flag("background");

    protected override CallToolResult AnswerOf(JobOutcome outcome) => CommandAnswer.Of(outcome);

    /// <summary>The arguments that are the command's own, as the input of its job.</summary>
    private static JobData InputOf(ToolArguments arguments)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            writer.WriteStartObject();
            foreach (string name in InputNames)
            {
                if (arguments.Find(name) is not { } value) continue;
                writer.WritePropertyName(name);
                value.WriteTo(writer);
            }
            writer.WriteEndObject();
        }
        return JobData.Trusted(buffer.WrittenMemory);
    }

    private static string? TitleOf(ToolArguments arguments)
    {
        string? line = arguments.Find("command") is { ValueKind: JsonValueKind.String } command ? command.GetString()
            : arguments.Find("argv") is { ValueKind: JsonValueKind.Array } argv ? string.Join(' ', argv.EnumerateArray())
            : null;
        line = line?.ReplaceLineEndings(" ").Trim();
        return line is { Length: > TitleLength } ? $"{line[..TitleLength]}…" : line;
    }
}
