namespace Errand.Commands;

/// <summary>Speaks to commands while they run.</summary>
public interface ICommandClient
{
    /// <summary>Writes to a command's standard input, in turn with others who write. Returns once the command's pipe has taken all of it.</summary>
    /// <param name="id">The job; its command was started with <see cref="Command.KeepStdinOpen"/>.</param>
    /// <param name="bytes">What it reads next.</param>
    /// <param name="cancellationToken">Gives up; a part may have been written.</param>
    /// <exception cref="JobNotFoundException">There is no such job.</exception>
    /// <exception cref="InvalidJobException">It does not run, is no command, or its standard input is not open.</exception>
    ValueTask WriteStdinAsync(JobId id, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken = default);

    /// <summary>Ends a command's standard input: it reads to the end of what was written, and then that there is no more.</summary>
    /// <param name="id">The job; its command was started with <see cref="Command.KeepStdinOpen"/>.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="JobNotFoundException">There is no such job.</exception>
    /// <exception cref="InvalidJobException">It does not run, is no command, or its standard input is not open.</exception>
    ValueTask CloseStdinAsync(JobId id, CancellationToken cancellationToken = default);

    /// <summary>Sends a signal to a command and all that it has started.</summary>
    /// <param name="id">The job.</param>
    /// <param name="signal">The signal's name, with or without <c>SIG</c>: <c>HUP</c>, <c>SIGUSR1</c>.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="JobNotFoundException">There is no such job.</exception>
    /// <exception cref="InvalidJobException">It does not run, is no command, or there is no such signal.</exception>
    ValueTask SignalAsync(JobId id, string signal, CancellationToken cancellationToken = default);
}
