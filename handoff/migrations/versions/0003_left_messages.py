"""Left messages: rounds with their promise, and ways back to a conversation."""

import sqlalchemy as sa
from alembic import op
from handoff.models import UtcDateTime

revision = '0003'
down_revision = '0002'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('ways_back',
    sa.Column('secret_hash', sa.LargeBinary(), nullable=False),
    sa.Column('conversation_id', sa.String(length=32), nullable=False),
    sa.Column('kind', sa.String(length=8), nullable=False),
    sa.Column('created_at', UtcDateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['conversation_id'], ['conversations.id'], ),
    sa.PrimaryKeyConstraint('secret_hash')
    )
    with op.batch_alter_table('ways_back', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_ways_back_conversation_id'), ['conversation_id'], unique=False)

    op.create_table('left_rounds',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('conversation_id', sa.String(length=32), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('left_at', UtcDateTime(timezone=True), nullable=False),
    sa.Column('answer_by', UtcDateTime(timezone=True), nullable=False),
    sa.Column('reminded_at', UtcDateTime(timezone=True), nullable=True),
    sa.Column('ended_at', UtcDateTime(timezone=True), nullable=True),
    sa.Column('answered_by', sa.Integer(), nullable=True),
    sa.Column('outcome', sa.String(length=12), nullable=True),
    sa.ForeignKeyConstraint(['answered_by'], ['users.id'], ),
    sa.ForeignKeyConstraint(['conversation_id'], ['conversations.id'], ),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('conversation_id', 'number')
    )
    with op.batch_alter_table('left_rounds', schema=None) as batch_op:
        batch_op.create_index('ux_left_rounds_open', ['conversation_id'], unique=True,
                              sqlite_where=sa.text('ended_at IS NULL'), postgresql_where=sa.text('ended_at IS NULL'))
