namespace Errand.Commands;

/// <summary>The kind of agents' tasks.</summary>
internal static class AgentKind
{
    public const string Name = "agent";

    // As often as an account may run into its limit while one job waits for its turn; a provider that never says until when is asked for days.
    private const int MostLimits = 200;

    public static JobKind Of(AgentOptions options, CommandParts commands)
    {
        var executor = new AgentExecutor(options, commands);
        return new(Name, _ => executor)
        {
            Limits = JobLimits.None,
            // To start a process blocks for milliseconds, and on a busy machine for many.
            Blocking = true,
            Outlives = commands.Outlives,
            OutsideSlots = true,
            CheckInput = input => options.Find(AgentInput.Read(input).Profile),
            // Nothing is done twice by itself; what a usage limit cut off goes on when that ends, and says itself when.
            Retry = new()
            {
                MaxRetries = MostLimits, BaseDelay = TimeSpan.Zero, MaxDelay = TimeSpan.Zero, Jitter = 0, NotFor = AgentErrorCodes.Final,
            },
            IsWorthRetrying = _ => false,
        };
    }
}
