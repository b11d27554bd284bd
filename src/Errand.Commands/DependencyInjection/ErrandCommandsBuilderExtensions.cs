using Errand;
using Errand.Commands;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds commands to Errand.</summary>
public static class ErrandCommandsBuilderExtensions
{
    /// <summary>
    /// Adds the kind <c>command</c>: shell lines and programs. Its input is an object with <c>command</c> or <c>argv</c>, and <c>cwd</c>,
    /// <c>env</c>, <c>stdin</c>, <c>shell</c> and <c>expectedExitCodes</c>; its result has <c>stdout</c>, <c>stderr</c> and <c>exitCode</c>.
    /// Commands have no limit of time unless a job sets one.
    /// </summary>
    /// <param name="builder">Errand.</param>
    public static ErrandBuilder AddCommands(this ErrandBuilder builder)
    {
        var executor = new CommandExecutor();
        return builder.AddKind(new JobKind("command", _ => executor)
        {
            Limits = JobLimits.None,
            // To start a process blocks for milliseconds, and on a busy machine for many.
            Blocking = true,
            CheckInput = input => CommandInput.Read(input),
        });
    }
}
