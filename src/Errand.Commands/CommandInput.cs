using System.Text.Json;

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

    /// <summary>The shell that is given <see cref="Command"/> by <c>-c</c>.</summary>
    public string? Shell { get; init; }

    /// <summary>The exit codes that are no failure. Default: 0.</summary>
    public IReadOnlyList<int>? ExpectedExitCodes { get; init; }

    /// <summary>Whether its standard input stays open, to be written to while it runs.</summary>
    public bool KeepStdinOpen { get; init; }

    /// <summary>The user it runs as. Default: the server's.</summary>
    public string? User { get; init; }

    public IEnumerable<string> ArgumentsFromName => [Program, .. Arguments];

    /// <summary>The program that is started.</summary>
    public string Program => Argv?[0] ?? Shell ?? CommandShell.Default;

    public IEnumerable<string> Arguments => Argv?.Skip(1) ?? CommandShell.ArgumentsFor(Command!);

    /// <summary>Reads an input, or says which parameter is wrong with it.</summary>
    public static CommandInput Read(JobData data)
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
        input.Check();
        return input;
    }

    private void Check()
    {
        if (Command is null == Argv is null)
            throw new InvalidJobException("command", "Give either command (a line for a shell) or argv (a program and its arguments), and not both.");
        if (Command is not null && string.IsNullOrWhiteSpace(Command))
            throw new InvalidJobException("command", "command is empty; give a line for a shell, such as 'ls -l'.");
        if (Argv is not null && (Argv.Count == 0 || string.IsNullOrEmpty(Argv[0])))
            throw new InvalidJobException("argv", "argv is empty; its first element is the program, such as [\"ls\", \"-l\"].");
        if (Shell is not null && Argv is not null)
            throw new InvalidJobException("shell", "shell goes with command; argv is started without a shell.");
        if (Cwd is not null && !Path.IsPathFullyQualified(Cwd)) throw new InvalidJobException("cwd", $"cwd must be an absolute path; it is '{Cwd}'.");
        if (ExpectedExitCodes is { Count: 0 })
            throw new InvalidJobException("expectedExitCodes", "expectedExitCodes is empty; leave it out for 0, or list codes.");
        CheckText();
    }

    // A NUL ends a string for the system, so that a name or an argument with one would be another one.
    private void CheckText()
    {
        IEnumerable<(string Parameter, string? Text)> texts =
            [("command", Command), ("cwd", Cwd), ("shell", Shell), .. (Argv ?? []).Select(argument => ("argv", (string?)argument))];
        foreach (var (parameter, text) in texts)
            if (text?.Contains('\0') == true) throw new InvalidJobException(parameter, $"{parameter} must not have a NUL character.");
        foreach (var (name, value) in Env ?? new Dictionary<string, string>())
            if (name.Length == 0 || name.AsSpan().ContainsAny('=', '\0') || value is null || value.Contains('\0'))
                throw new InvalidJobException("env", $"'{name}' in env must have a name without '=' and a value without NUL.");
    }
}
