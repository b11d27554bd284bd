namespace Errand.Commands;

/// <summary>A command to be run as a job: a line for a shell, or a program with its arguments.</summary>
/// <example>
/// <code>
/// var job = await jobs.SubmitCommandAsync(Command.Line("make -j8") with { Cwd = "/srv/app" });
/// </code>
/// </example>
public sealed record Command
{
    /// <summary>The kind of jobs that are commands.</summary>
    public const string Kind = "command";

    private static readonly IReadOnlyDictionary<string, string> NoVariables = new Dictionary<string, string>();

    private Command() { }

    /// <summary>The line for a shell; absent for a program.</summary>
    public string? ShellLine { get; private init; }

    /// <summary>The program and its arguments; absent for a line.</summary>
    public IReadOnlyList<string>? Argv { get; private init; }

    /// <summary>The folder it runs in: an absolute path. Default: the server's.</summary>
    public string? Cwd { get; init; }

    /// <summary>
    /// Variables that are added to the server's environment. Their values are kept in the store, and shown nowhere; their names may be.
    /// Default: none.
    /// </summary>
    public IReadOnlyDictionary<string, string> Env { get; init; } = NoVariables;

    /// <summary>What it reads from its standard input. Default: nothing.</summary>
    public string? Stdin { get; init; }

    /// <summary>
    /// Whether its standard input is open while it runs, to be written to with <see cref="ICommandClient"/>; then there is no
    /// <see cref="Stdin"/>. Default: false.
    /// </summary>
    public bool KeepStdinOpen { get; init; }

    /// <summary>The shell of a line, which is given it by <c>-c</c>. Default: <see cref="CommandOptions.DefaultShell"/>.</summary>
    public string? Shell { get; init; }

    /// <summary>The user it runs as, by name or number; another one than the server's only where that is root. Default: the server's.</summary>
    public string? User { get; init; }

    /// <summary>The exit codes that are no failure. Default: 0.</summary>
    public IReadOnlyList<int>? ExpectedExitCodes { get; init; }

    /// <summary>A line for a shell.</summary>
    /// <param name="line">The line.</param>
    public static Command Line(string line) => new() { ShellLine = line };

    /// <summary>A program, which no shell sees.</summary>
    /// <param name="program">A name that is looked for in the PATH, or a path.</param>
    /// <param name="arguments">Its arguments, as they are.</param>
    public static Command Program(string program, params IReadOnlyList<string> arguments) => new() { Argv = [program, .. arguments] };

    /// <summary>The command as a job, to be submitted or called. More of it is set by <c>with</c>: limits, retries, when it starts.</summary>
    /// <exception cref="InvalidJobException">Something in it is not as it must be.</exception>
    public JobSpec ToSpec()
    {
        var input = ToInput();
        CommandInputRules.Check(input);
        return new(Kind, JobData.From(input, CommandJson.Plain.CommandInput)) { Title = CommandText.TitleOf(input) };
    }

    /// <summary>What runs, and where. Neither the values of variables nor what it reads.</summary>
    public override string ToString() => ToInput().ToString();

    private CommandInput ToInput() => new()
    {
        Command = ShellLine, Argv = Argv, Cwd = Cwd, Env = Env.Count > 0 ? Env : null, Stdin = Stdin, KeepStdinOpen = KeepStdinOpen, Shell = Shell,
        User = User, ExpectedExitCodes = ExpectedExitCodes,
    };
}
