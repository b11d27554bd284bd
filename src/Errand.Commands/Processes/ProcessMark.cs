using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Errand.Commands;

/// <summary>
/// A number that every process of one command carries, wherever it went: into a session of its own, to another parent, without its
/// environment.
/// </summary>
/// <remarks>
/// It is kept in a limit that Linux has not looked at since version 2.4 (how many files may be locked), because limits are inherited by every
/// fork and exec. Who wants to may set it to something else, as a nested Errand does; the tree's other ways of finding members are for that.
/// </remarks>
internal readonly partial record struct ProcessMark
{
    // High, so that it cannot be mistaken for a limit that somebody meant, and never the highest number, which is "unlimited".
    private const ulong Lowest = 1UL << 61;

    private readonly ulong _value;

    private ProcessMark(ulong value) => _value = value;

    /// <summary>Whether this is the default, which nobody carries.</summary>
    public bool IsNone => _value == 0;

    /// <summary>The mark of one attempt of a job.</summary>
    /// <param name="id">The job.</param>
    /// <param name="attempt">Which of its attempts.</param>
    public static ProcessMark Of(JobId id, int attempt)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.ASCII.GetBytes($"errand mark {id} {attempt}"), hash);
        return new((BinaryPrimitives.ReadUInt64BigEndian(hash) & (Lowest - 1)) | Lowest);
    }

    /// <summary>The number, as `ulimit -x` and /proc show it.</summary>
    public override string ToString() => IsNone ? "none" : $"{_value}";
}
