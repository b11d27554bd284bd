namespace Errand.Commands;

/// <summary>How to run the CLI of an agent: what to start, how to tell it what to do, and how to read what it says.</summary>
/// <remarks>
/// The elements of a command may hold <c>{prompt}</c> (with <see cref="AgentPrompt.Argument"/>), <c>{session}</c> (in
/// <see cref="ResumeCommand"/>) and <c>{costUsd}</c> (in <see cref="CostArguments"/>). No shell sees them.
/// </remarks>
public sealed record AgentProfile
{
    /// <summary>How many tasks of one profile run at once unless it says otherwise.</summary>
    public const int DefaultCap = 4;

    /// <summary>Its name: letters, digits, <c>-</c>, <c>_</c> and <c>.</c>.</summary>
    public required string Name { get; init; }

    /// <summary>The program and its arguments for a new task.</summary>
    public required IReadOnlyList<string> Command { get; init; }

    /// <summary>The program and its arguments to go on with a session of the CLI. Absent: its sessions cannot be continued.</summary>
    public IReadOnlyList<string>? ResumeCommand { get; init; }

    /// <summary>Arguments that tell the CLI itself of the budget of cost, where there is one. Default: none.</summary>
    public IReadOnlyList<string> CostArguments { get; init; } = [];

    /// <summary>How it is told what to do. Default: on its standard input.</summary>
    public AgentPrompt Prompt { get; init; }

    /// <summary>
    /// What is said to a session that goes on after a usage limit cut it off.
    /// </summary>
    public string GoOnPrompt { get; init; } = "A usage limit interrupted you. Go on where you stopped.";

    /// <summary>The folder that it works in, where a task names none; an absolute path. Default: the server's.</summary>
    public string? Cwd { get; init; }

    /// <summary>Variables that are added to the server's environment. They are not kept with jobs, nor shown.</summary>
    public IReadOnlyDictionary<string, string> Env { get; init; } = new Dictionary<string, string>();

    /// <summary>How much a task may use. Default: no limits.</summary>
    public AgentBudgets Budgets { get; init; } = AgentBudgets.None;

    /// <summary>How many of its tasks run at once, over all processes of a store. Default: 4.</summary>
    public int Cap { get; init; } = DefaultCap;

    /// <summary>Whether only one task at a time works in a folder, among all whose profile says so. Default: no.</summary>
    public bool OnePerFolder { get; init; }

    /// <summary>Makes a reader of what it writes to its standard output, for each run. Default: plain text.</summary>
    public Func<AgentStreamParser> Parser { get; init; } = static () => new PlainTextStream();

    /// <summary>Names only: variables may be secret.</summary>
    public override string ToString() => $"{Name}: {string.Join(' ', Command)}";

    /// <summary>Claude Code, with requests for permission answered by a person.</summary>
    public static AgentProfile Claude { get; } = new()
    {
        Name = "claude",
        Command = ["claude", .. ClaudeArguments],
        ResumeCommand = ["claude", .. ClaudeArguments, "--resume", "{session}"],
        CostArguments = ["--max-budget-usd", "{costUsd}"],
        Prompt = AgentPrompt.StreamJson,
        Parser = static () => new ClaudeStream(),
    };

    /// <summary>Codex, in its non-interactive mode; what it may do is set by its own sandbox options.</summary>
    public static AgentProfile Codex { get; } = new()
    {
        Name = "codex",
        Command = ["codex", "exec", "--json", "-"],
        ResumeCommand = ["codex", "exec", "resume", "--json", "{session}", "-"],
        Parser = static () => new CodexStream(),
    };

    /// <summary>Gemini CLI, in its headless mode; what it may do is set by its own approval mode.</summary>
    public static AgentProfile Gemini { get; } = new()
    {
        Name = "gemini",
        Command = ["gemini", "--output-format", "stream-json"],
        ResumeCommand = ["gemini", "--output-format", "stream-json", "--resume", "{session}"],
        Parser = static () => new GeminiStream(),
    };

    /// <summary>Any CLI that reads its prompt from its standard input and writes plain text.</summary>
    /// <param name="name">A name for the profile.</param>
    /// <param name="command">The program and its arguments.</param>
    public static AgentProfile PlainText(string name, params IReadOnlyList<string> command) => new() { Name = name, Command = command };

    private static IReadOnlyList<string> ClaudeArguments =>
        ["-p", "--output-format", "stream-json", "--input-format", "stream-json", "--verbose", "--permission-prompt-tool", "stdio"];
}
