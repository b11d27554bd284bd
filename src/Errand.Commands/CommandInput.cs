using System.Text.Json;
using System.Text.Json.Serialization;

namespace Errand.Commands;

/// <summary>What a job of the kind <c>command</c> is given.</summary>
internal sealed record CommandInput
{
    /// <summary>A line for a shell. Either this or <see cref="Argv"/>.</summary>
    public string? Command { get; init; }

    /// <summary>A program and its arguments, which no shell sees.</summary>
    public IReadOnlyList<string>? Argv { get; init; }

    /// <summary>The folder it runs in. Default: the server's.</summary>
    public string? Cwd { get; init; }

    /// <summary>Variables that are added to the server's environment.</summary>
    public IReadOnlyDictionary<string, string>? Env { get; init; }

    /// <summary>What it reads from its standard input. Default: nothing.</summary>
    public string? Stdin { get; init; }

    /// <summary>Whether its standard input stays open, to be written to while it runs.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool KeepStdinOpen { get; init; }

    /// <summary>The shell that is given <see cref="Command"/> by <c>-c</c>.</summary>
    public string? Shell { get; init; }

    /// <summary>The user it runs as: a name or a number. Default: the server's.</summary>
    public string? User { get; init; }

    /// <summary>The exit codes that are no failure. Default: 0.</summary>
    public IReadOnlyList<int>? ExpectedExitCodes { get; init; }

    /// <summary>The shell where none is named.</summary>
    [JsonIgnore]
    public string DefaultShell { get; init; } = CommandShell.Default;

    /// <summary>The program that is started.</summary>
    [JsonIgnore]
    public string Program => Argv?[0] ?? Shell ?? DefaultShell;

    [JsonIgnore]
    public IEnumerable<string> Arguments => Argv?.Skip(1) ?? CommandShell.ArgumentsFor(Command!);

    [JsonIgnore]
    public IEnumerable<string> ArgumentsFromName => [Program, .. Arguments];

    /// <summary>Reads an input, or says which parameter is wrong with it.</summary>
    /// <param name="data">The input.</param>
    /// <param name="options">What holds where it says nothing.</param>
    public static CommandInput Read(JobData data, CommandOptions? options = null)
    {
        CommandInput? input;
        try { input = data.As(CommandJson.Default.CommandInput); }
        catch (JsonException e)
        {
            string parameter = e.Path is ['$', '.', .. var path] ? path : "input";
            throw new InvalidJobException(parameter, $"{parameter} does not fit a command: {e.Message}", e);
        }
        if (input is null)
            throw new InvalidJobException("command", "A command needs either command (a line for a shell) or argv (a program and its arguments).");
        CommandInputRules.Check(input);
        return options is null ? input : input with { DefaultShell = options.DefaultShell };
    }

    /// <summary>What runs, and where; the values of variables and what it reads may be secret, and are left out.</summary>
    public override string ToString()
    {
        var text = new List<string> { CommandText.Of(this, CommandText.LongLength) };
        if (Cwd is not null) text.Add($"cwd {Cwd}");
        if (User is not null) text.Add($"user {User}");
        if (Shell is not null) text.Add($"shell {Shell}");
        if (Env is { Count: > 0 }) text.Add($"env {string.Join(' ', Env.Keys.Order(StringComparer.Ordinal))}");
        if (Stdin is not null) text.Add($"stdin of {Stdin.Length} characters");
        if (KeepStdinOpen) text.Add("stdin kept open");
        return string.Join(", ", text);
    }
}
