using System.CommandLine;
using System.CommandLine.Parsing;
using System.Text;

namespace Errand.Cli;

/// <summary>What <c>run</c> and <c>submit</c> are given.</summary>
internal sealed class SubmitOptions
{
    private const int TitleLength = 100;

    private readonly Argument<string[]> _command = new("CMD")
    {
        Description = "The command, after '--'. One argument is a line for a shell; several are a program and its arguments.",
        Arity = ArgumentArity.OneOrMore,
    };
    private readonly Option<string?> _cwd = new("--cwd") { Description = "The folder to run in. Default: this one.", HelpName = "FOLDER" };
    private readonly Option<string[]> _env = new("--env") { Description = "A variable, as NAME=VALUE. May be given again.", HelpName = "NAME=VALUE" };
    private readonly Option<string?> _stdin =
        new("--stdin") { Description = "A file that it reads, or - for what is piped in here.", HelpName = "FILE" };
    private readonly Option<TimeSpan?> _timeout = Duration("--timeout", "How long it may run.");
    private readonly Option<string?> _title = new("--title") { Description = "A line for people. Default: the command." };
    private readonly Option<string[]> _tags = new("--tag") { Description = "A word to find it by. May be given again." };
    private readonly Option<int> _priority = new("--priority") { Description = "From -10 to 10; each step is worth a minute of waiting." };
    private readonly Option<TimeSpan?> _delay = Duration("--delay", "Start it after this time.");
    private readonly Option<DateTimeOffset?> _at =
        new("--at") { Description = "Start it at this time, such as 2030-01-31T08:00:00Z.", HelpName = "TIME" };
    private readonly Option<int?> _retries = new("--retries") { Description = "How often to try again after a failure.", HelpName = "N" };
    private readonly Option<string?> _key =
        new("--key") { Description = "Your own name for this request: sending it again gives the same job.", HelpName = "K" };

    public SubmitOptions(Command command)
    {
        Option[] options = [_cwd, _env, _stdin, _timeout, _title, _tags, _priority, _delay, _at, _retries, _key];
        foreach (var option in options) command.Options.Add(option);
        command.Arguments.Add(_command);
        command.Validators.Add(result =>
        {
            if (result.GetValue(_delay) is not null && result.GetValue(_at) is not null) result.AddError("--delay and --at do not go together.");
            foreach (string variable in result.GetValue(_env) ?? [])
                if (variable.IndexOf('=') < 1) result.AddError($"'{variable}' is not a variable; write --env NAME=VALUE.");
        });
    }

    public string? Key(ParseResult parsed) => parsed.GetValue(_key);

    public async Task<JobRequest> ReadAsync(ParseResult parsed, CliEdges edges, CancellationToken cancellationToken)
    {
        string[] words = parsed.GetValue(_command)!;
        RefuseOptionsOfOthers(parsed, words);
        string title = parsed.GetValue(_title) ?? string.Join(' ', words).ReplaceLineEndings(" ");
        var delay = parsed.GetValue(_delay);
        return new(new()
        {
            Command = words is [var line] ? line : null,
            Argv = words.Length > 1 ? words : null,
            Cwd = Path.GetFullPath(parsed.GetValue(_cwd) ?? "."),
            Env = parsed.GetValue(_env) is { Length: > 0 } variables ? ReadVariables(variables) : null,
            Stdin = parsed.GetValue(_stdin) is { } file ? await ReadStdinAsync(file, edges, cancellationToken) : null,
        })
        {
            Title = title.Length <= TitleLength ? title : $"{title[..TitleLength]}…",
            Tags = parsed.GetValue(_tags) is { Length: > 0 } tags ? tags : null,
            Priority = parsed.GetValue(_priority),
            RunAt = delay is not null ? edges.Time.GetUtcNow() + delay : parsed.GetValue(_at),
            Limits = parsed.GetValue(_timeout) is { } timeout ? new((long)timeout.TotalMilliseconds) : null,
            Retry = parsed.GetValue(_retries) is { } retries ? new(retries) : null,
        };
    }

    // What looks like an option and is none of ours would be run as a command otherwise.
    private static void RefuseOptionsOfOthers(ParseResult parsed, string[] words)
    {
        int dashes = parsed.Tokens.ToList().FindIndex(token => token.Type == TokenType.DoubleDash);
        int before = dashes < 0 ? words.Length : words.Length - (parsed.Tokens.Count - dashes - 1);
        if (words.Take(before).FirstOrDefault(word => word.StartsWith('-')) is { } stray)
            throw new CliException(ExitCodes.Usage, $"'{stray}' is not an option here. If it belongs to the command, write '--' before the command.");
    }

    private static Dictionary<string, string> ReadVariables(string[] variables)
    {
        var read = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (string variable in variables)
        {
            int equals = variable.IndexOf('=');
            read[variable[..equals]] = variable[(equals + 1)..];
        }
        return read;
    }

    private static async Task<string> ReadStdinAsync(string file, CliEdges edges, CancellationToken cancellationToken)
    {
        try
        {
            await using var stream = file == "-" ? edges.OpenIn() : File.OpenRead(file);
            using var reader = new StreamReader(stream, Encoding.UTF8);
            return await reader.ReadToEndAsync(cancellationToken);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CliException(ExitCodes.Usage, $"--stdin: {e.Message}");
        }
    }

    private static Option<TimeSpan?> Duration(string name, string description) =>
        new(name) { Description = description, HelpName = "30s", CustomParser = DurationText.Parse };
}
