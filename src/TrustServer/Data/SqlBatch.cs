using System.Data.Common;
using System.Text;

namespace TrustService.Server.Data;

/// <summary>Statements that go to the database in one request.</summary>
/// <remarks>Values are parameters always; the text of a statement holds none.</remarks>
internal sealed class SqlBatch
{
    private readonly StringBuilder text = new();
    private readonly DbCommand command;

    /// <summary>An empty batch in a transaction, or, without one, in its own.</summary>
    public SqlBatch(DbConnection connection, DbTransaction? transaction)
    {
        command = connection.CreateCommand();
        command.Transaction = transaction;
    }

    /// <summary>The command to run, which the caller disposes.</summary>
    public DbCommand Command
    {
        get
        {
            command.CommandText = text.ToString();
            return command;
        }
    }

    /// <summary>Adds statements, each closed by a semicolon, and their parameters, each name once in a batch.</summary>
    public SqlBatch Add(string statements, params ReadOnlySpan<(string Name, object? Value)> parameters)
    {
        text.Append(statements).Append('\n');
        foreach (var (name, value) in parameters)
        {
            var parameter = command.CreateParameter();
            parameter.ParameterName = name;
            parameter.Value = value ?? DBNull.Value;
            command.Parameters.Add(parameter);
        }
        return this;
    }
}
