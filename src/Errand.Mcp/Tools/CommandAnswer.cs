using System.Globalization;
using System.Text.Json;
using ModelContextProtocol.Protocol;

namespace Errand.Mcp;

/// <summary>What a command came to, as a tool answers it.</summary>
internal static class CommandAnswer
{
    /// <summary>The kind of jobs that are commands.</summary>
    public const string Kind = "command";

    /// <summary>What a call of the command would have been answered.</summary>
    public static CallToolResult Of(JobOutcome outcome)
    {
        if (outcome.Result.IsNone)
            return ErrandTool.Error(new(outcome.Error?.Code ?? "cancelled", outcome.Error?.Message ?? "The command was cancelled.", null, null));
        var result = outcome.Result.ToElement();
        return new()
        {
            Content = [new TextContentBlock { Text = TextOf(result) }], StructuredContent = result, IsError = outcome.Success ? null : true,
        };
    }

    /// <summary>What it wrote, and its exit code where that says something.</summary>
    public static string TextOf(JsonElement result)
    {
        string stdout = result.GetProperty("stdout").GetString()!, stderr = result.GetProperty("stderr").GetString()!;
        int exitCode = result.GetProperty("exitCode").GetInt32();
        string text = stderr.Length == 0 ? stdout : $"{stdout}{(stdout is [.., not '\n'] ? "\n" : "")}[stderr]\n{stderr}";
        string code = string.Create(CultureInfo.InvariantCulture, $"[exit code {exitCode}]");
        if (exitCode == 0 && text.Length > 0) return text;
        return text.Length == 0 ? code : $"{text}{(text is [.., '\n'] ? "" : "\n")}{code}";
    }
}
