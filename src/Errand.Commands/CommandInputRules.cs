namespace Errand.Commands;

/// <summary>What must hold for the input of a command. Messages never have values of variables, nor what the command reads.</summary>
internal static class CommandInputRules
{
    private const int MaxExitCode = 255;

    /// <summary>Refuses an input by the name of what is wrong with it.</summary>
    /// <exception cref="InvalidJobException">It does not fit.</exception>
    public static void Check(CommandInput input)
    {
        CheckProgram(input);
        if (input.Cwd is { } cwd && !Path.IsPathFullyQualified(cwd))
            throw new InvalidJobException("cwd", $"cwd must be an absolute path; it is '{cwd}'.");
        if (input.User is { Length: 0 } or ['-', ..])
            throw new InvalidJobException("user", $"user must be the name or the number of a user; it is '{input.User}'.");
        if (input.Stdin is not null && input.KeepStdinOpen)
            throw new InvalidJobException("stdin", "stdin and keepStdinOpen do not go together; write to the command once it runs instead.");
        if (input.ExpectedExitCodes is { Count: 0 })
            throw new InvalidJobException("expectedExitCodes", "expectedExitCodes is empty; leave it out for 0, or list codes.");
        foreach (int code in input.ExpectedExitCodes ?? [])
            if (code is < 0 or > MaxExitCode)
                throw new InvalidJobException("expectedExitCodes", $"expectedExitCodes has {code}; exit codes are from 0 to {MaxExitCode}.");
        CheckText(input);
        CheckEnvironment(input);
    }

    private static void CheckProgram(CommandInput input)
    {
        if (input.Command is null == input.Argv is null)
            throw new InvalidJobException("command", "Give either command (a line for a shell) or argv (a program and its arguments), and not both.");
        if (input.Command is not null && string.IsNullOrWhiteSpace(input.Command))
            throw new InvalidJobException("command", "command is empty; give a line for a shell, such as 'ls -l'.");
        if (input.Argv is { Count: 0 } or [null or "", ..])
            throw new InvalidJobException("argv", "argv is empty; its first element is the program, such as [\"ls\", \"-l\"].");
        if (input.Argv?.Contains(null!) == true) throw new InvalidJobException("argv", "argv has a null; each element must be a string.");
        if (input.Shell is not null && input.Argv is not null)
            throw new InvalidJobException("shell", "shell goes with command; argv is started without a shell.");
        if (input.Shell is { Length: 0 }) throw new InvalidJobException("shell", "shell is empty; leave it out for the default, or name one.");
    }

    // A NUL ends a string for the system, so that a name or an argument with one would be another one.
    private static void CheckText(CommandInput input)
    {
        IEnumerable<(string Parameter, string? Text)> texts =
        [
            ("command", input.Command), ("cwd", input.Cwd), ("shell", input.Shell), ("user", input.User),
            .. (input.Argv ?? []).Select(argument => ("argv", (string?)argument)),
        ];
        foreach (var (parameter, text) in texts)
            if (text?.Contains('\0') == true) throw new InvalidJobException(parameter, $"{parameter} must not have a NUL character.");
    }

    private static void CheckEnvironment(CommandInput input)
    {
        foreach (var (name, value) in input.Env ?? new Dictionary<string, string>())
        {
            if (name.Length > 0 && !name.AsSpan().ContainsAny('=', '\0') && value is not null && !value.Contains('\0')) continue;
            // What stands after "=" may be a secret that was put into the wrong place.
            string shown = name.Split('=', '\0')[0];
            throw new InvalidJobException("env", $"'{shown}' in env must have a name without '=' and a value without NUL.");
        }
    }
}
